"""The verbs of networks."""

from qaita.networks.services.condition import refresh_condition, refresh_conditions_due
from qaita.networks.services.criticality import compute_criticality
from qaita.networks.services.forecasting import forecast_failures, forecast_failures_due
from qaita.networks.services.loading import import_network
from qaita.networks.services.records import (
    record_failure,
    record_failures,
    record_inspection,
    record_inspections,
    record_repair,
)
from qaita.networks.services.sections import (
    begin_works,
    leave_works,
    merge_sections,
    replace_sections,
    retire_sections,
    split_section,
)
from qaita.networks.services.uploads import (
    drop_upload,
    load_upload,
    options_of,
    read_upload,
    reread_upload,
)
from qaita.networks.services.utilities import install_equipment, register_utility_service

__all__ = [
    "begin_works",
    "compute_criticality",
    "drop_upload",
    "forecast_failures",
    "forecast_failures_due",
    "import_network",
    "install_equipment",
    "leave_works",
    "load_upload",
    "merge_sections",
    "options_of",
    "read_upload",
    "record_failure",
    "record_failures",
    "record_inspection",
    "record_inspections",
    "record_repair",
    "refresh_condition",
    "refresh_conditions_due",
    "register_utility_service",
    "replace_sections",
    "reread_upload",
    "retire_sections",
    "split_section",
]
