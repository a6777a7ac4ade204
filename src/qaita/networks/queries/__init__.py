"""Questions to networks."""

from qaita.networks.queries.records import failures_of, inspections_of
from qaita.networks.queries.sections import (
    changed_blocks,
    get_network,
    get_section,
    get_utility_service,
    lineage_of,
    nearest_section,
    row_digest,
    sections_as_of,
    sections_of,
)

__all__ = [
    "changed_blocks",
    "failures_of",
    "get_network",
    "get_section",
    "get_utility_service",
    "inspections_of",
    "lineage_of",
    "nearest_section",
    "row_digest",
    "sections_as_of",
    "sections_of",
]
