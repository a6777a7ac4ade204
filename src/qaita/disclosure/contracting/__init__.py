"""Tenders and projects as the world reads them: OCDS 1.1.5 and OC4IDS 0.9.5."""

from qaita.disclosure.contracting.packages import (
    LICENCE,
    oc4ids_package,
    ocds_package,
    ocds_package_count,
)
from qaita.disclosure.contracting.releases import releases

__all__ = ["LICENCE", "oc4ids_package", "ocds_package", "ocds_package_count", "releases"]
