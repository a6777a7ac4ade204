"""The verbs of works."""

from qaita.works.pictures import MOST_BYTES as MOST_PICTURE_BYTES
from qaita.works.reading import MOST_BYTES as MOST_LINE_BYTES
from qaita.works.reading import LaidLine, read_laid_line, source_of_name
from qaita.works.services.acts import draft_act, refuse_act, send_act, sign_act
from qaita.works.services.laying import (
    Batch,
    Pipe,
    Readings,
    add_material,
    record_as_built,
    record_check,
    withdraw_as_built,
)
from qaita.works.services.pictures import Snapshot, record_evidence, record_evidence_many
from qaita.works.services.reporting import (
    DayWork,
    close_permit,
    judge_milestone,
    measure_line,
    open_permit,
    plan_milestones,
    write_day_report,
    write_day_reports,
)
from qaita.works.services.sites import BillLine, SitePlan, open_site, start_site

__all__ = [
    "MOST_LINE_BYTES",
    "MOST_PICTURE_BYTES",
    "Batch",
    "BillLine",
    "DayWork",
    "LaidLine",
    "Pipe",
    "Readings",
    "SitePlan",
    "Snapshot",
    "add_material",
    "close_permit",
    "draft_act",
    "judge_milestone",
    "measure_line",
    "open_permit",
    "open_site",
    "plan_milestones",
    "read_laid_line",
    "record_as_built",
    "record_check",
    "record_evidence",
    "record_evidence_many",
    "refuse_act",
    "send_act",
    "sign_act",
    "source_of_name",
    "start_site",
    "withdraw_as_built",
    "write_day_report",
    "write_day_reports",
]
