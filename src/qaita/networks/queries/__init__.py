"""Questions to networks."""

from qaita.networks.exporting.inp import network_as_inp
from qaita.networks.exporting.tables import network_as_csv, write_network_geopackage
from qaita.networks.importing.template import template_csv, template_workbook
from qaita.networks.queries.ages import guess_of
from qaita.networks.queries.criticality import (
    Critical,
    consequence_of,
    critical_sections_of,
    criticality_of,
    criticality_of_network,
    most_critical,
)
from qaita.networks.queries.failing import (
    FailureRates,
    believed_models,
    failure_forecast_of,
    failure_model_of,
    failure_rates,
    failure_records_of,
    foretold_rates,
)
from qaita.networks.queries.integrity import changed_blocks, changed_inventories, changed_sections
from qaita.networks.queries.make_up import (
    failure_rate,
    lengths_by_decade,
    lengths_by_material,
)
from qaita.networks.queries.middles import middles_of_networks
from qaita.networks.queries.nearest import Nearby, Spot, nearest_lines, nearest_section
from qaita.networks.queries.records import (
    failures_of,
    import_faults,
    import_remarks,
    imports_for,
    inspections_of,
    networks_for,
    place_for_drawings,
    sections_for,
    utility_services_for,
)
from qaita.networks.queries.sections import (
    branches_between,
    equipment_at,
    get_network,
    get_section,
    get_utility_service,
    lineage_of,
    row_digest,
    sections_as_of,
    sections_of,
)
from qaita.networks.queries.totals import (
    looks_by_utility_service,
    networks_told_since,
    totals_by_network,
)
from qaita.networks.queries.tracing import consumers_behind, downstream_consumers
from qaita.networks.queries.wear import (
    data_quality,
    wear_by_network,
    wear_by_region_and_service,
    wear_by_utility_service,
    wear_forecast,
    wear_forecasts,
    wear_of,
    wear_of_every_network,
    zone_of,
)

__all__ = [
    "Critical",
    "FailureRates",
    "Nearby",
    "Spot",
    "believed_models",
    "branches_between",
    "changed_blocks",
    "changed_inventories",
    "changed_sections",
    "consequence_of",
    "consumers_behind",
    "critical_sections_of",
    "criticality_of",
    "criticality_of_network",
    "data_quality",
    "downstream_consumers",
    "equipment_at",
    "failure_forecast_of",
    "failure_model_of",
    "failure_rate",
    "failure_rates",
    "failure_records_of",
    "failures_of",
    "foretold_rates",
    "get_network",
    "get_section",
    "get_utility_service",
    "guess_of",
    "import_faults",
    "import_remarks",
    "imports_for",
    "inspections_of",
    "lengths_by_decade",
    "lengths_by_material",
    "lineage_of",
    "looks_by_utility_service",
    "middles_of_networks",
    "most_critical",
    "nearest_lines",
    "nearest_section",
    "network_as_csv",
    "network_as_inp",
    "networks_for",
    "networks_told_since",
    "place_for_drawings",
    "row_digest",
    "sections_as_of",
    "sections_for",
    "sections_of",
    "template_csv",
    "template_workbook",
    "totals_by_network",
    "utility_services_for",
    "wear_by_network",
    "wear_by_region_and_service",
    "wear_by_utility_service",
    "wear_forecast",
    "wear_forecasts",
    "wear_of",
    "wear_of_every_network",
    "write_network_geopackage",
    "zone_of",
]
