"""The verbs of networks."""

from qaita.networks.services.condition import refresh_condition
from qaita.networks.services.loading import import_network
from qaita.networks.services.records import (
    record_failure,
    record_failures,
    record_inspection,
    record_inspections,
)
from qaita.networks.services.sections import (
    begin_works,
    leave_works,
    merge_sections,
    replace_sections,
    retire_sections,
    split_section,
)
from qaita.networks.services.utilities import install_equipment, register_utility_service

__all__ = [
    "begin_works",
    "import_network",
    "install_equipment",
    "leave_works",
    "merge_sections",
    "record_failure",
    "record_failures",
    "record_inspection",
    "record_inspections",
    "refresh_condition",
    "register_utility_service",
    "replace_sections",
    "retire_sections",
    "split_section",
]
