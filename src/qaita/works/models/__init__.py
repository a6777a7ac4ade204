"""The tables of works."""

from qaita.works.models.kinds import (
    CheckKind,
    LineKind,
    Stage,
    act_code,
    as_built_code,
    check_code,
    evidence_code,
    measurement_code,
    milestone_code,
    permit_code,
    report_code,
    site_code,
)
from qaita.works.models.laying import (
    AsBuilt,
    Material,
    Measurement,
    SiteCheck,
)
from qaita.works.models.sites import (
    Act,
    DayReport,
    DigPermit,
    Evidence,
    Milestone,
    Site,
    WorkLine,
    scope_on_site,
)

__all__ = [
    "Act",
    "AsBuilt",
    "CheckKind",
    "DayReport",
    "DigPermit",
    "Evidence",
    "LineKind",
    "Material",
    "Measurement",
    "Milestone",
    "Site",
    "SiteCheck",
    "Stage",
    "WorkLine",
    "act_code",
    "as_built_code",
    "check_code",
    "evidence_code",
    "measurement_code",
    "milestone_code",
    "permit_code",
    "report_code",
    "scope_on_site",
    "site_code",
]
