"""Day reports, milestones, permits and measured quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import move, record, record_many, settle
from qaita.works.errors import LENGTH_IS_MEASURED, NOT_RUNNING, OVER_CONTRACT
from qaita.works.models import (
    DayReport,
    DigPermit,
    Evidence,
    LineKind,
    Measurement,
    Milestone,
    Site,
    WorkLine,
)
from qaita.works.queries import measured_so_far
from qaita.works.services.permissions import hold_site, require_running, require_side
from qaita.works.states import DIG_PERMIT, MILESTONE


@dataclass(frozen=True)
class DayWork:
    """What a contractor tells of one day. There is no length here: lines are surveyed."""

    on: date
    done: str
    workers: int = 0
    machines: int = 0
    hindrance: str = ""


def write_day_report(site: Site, work: DayWork, *, by: Actor, at: datetime) -> DayReport:
    """Write down one day of the site."""
    return write_day_reports(site, [work], by=by, at=at)[0]


def write_day_reports(
    site: Site, days: Sequence[DayWork], *, by: Actor, at: datetime
) -> list[DayReport]:
    """Write down many days of one site at once."""
    require_side("day_report.write", site, ("supplier",), by)
    with transaction.atomic():
        hold_site(site)
        require_running("day_report.write", site)
        written = set(site.reports.values_list("on", flat=True))
        for work in days:
            _require_sound_day(site, work, written, today=day_of(at))
            written.add(work.on)
        rows = DayReport.objects.bulk_create(_day_report(site, work, by, at) for work in days)
        record_many(
            make_entry(
                kind="day_report.write",
                code=row.code,
                actor=by.code,
                at=at,
                facts={
                    "site": site.code,
                    "on": row.on,
                    "workers": row.workers,
                    "machines": row.machines,
                },
            )
            for row in rows
        )
    return rows


def _day_report(site: Site, work: DayWork, by: Actor, at: datetime) -> DayReport:
    return DayReport(
        code=derived_code("DR", site.code, work.on),
        site=site,
        on=work.on,
        done=work.done.strip(),
        hindrance=work.hindrance.strip(),
        workers=work.workers,
        machines=work.machines,
        written_by=by.code,
        written_at=at,
    )


def _require_sound_day(site: Site, work: DayWork, written: set[date], *, today: date) -> None:
    if not work.done.strip():
        raise Wrong({"done": [_("Say what was done on this day.")]})
    if work.on > today:
        raise Wrong({"on": [_("A day that has not come cannot be reported.")]})
    if site.started_on and work.on < site.started_on:
        raise Wrong({"on": [_("The works had not begun on this day.")]})
    if work.on in written:
        raise Wrong({"on": [_("This day has its report already.")]})


def plan_milestones(
    site: Site,
    points: Sequence[tuple[tuple[str, str, str], date]],
    *,
    by: Actor,
    at: datetime,
) -> list[Milestone]:
    """Promise the points of the works: titles in kk, ru and en, and the day."""
    require_side("milestone.plan", site, ("supplier", "utility_engineer"), by)
    if not all(title.strip() for titles, _due_on in points for title in titles):
        raise Wrong({"title_kk": [_("A milestone is named in Kazakh, Russian and English.")]})
    with transaction.atomic():
        hold_site(site)
        if site.state == "completed":
            raise Refused("milestone.plan", [NOT_RUNNING])
        rows = [
            Milestone(
                code=derived_code("ML", site.code, number),
                site=site,
                number=number,
                title_kk=titles[0],
                title_ru=titles[1],
                title_en=titles[2],
                due_on=due_on,
            )
            for number, (titles, due_on) in enumerate(points, site.milestones.count() + 1)
        ]
        Milestone.objects.bulk_create(rows)
        facts = {"points": [[row.code, row.title_en, row.due_on] for row in rows]}
        record("milestone.plan", site.code, by=by, at=at, facts=facts)
    return rows


def judge_milestone(
    milestone: Milestone,
    verdict: str,
    *,
    evidence: Sequence[Evidence] = (),
    remarks: str = "",
    by: Actor,
    at: datetime,
) -> Milestone:
    """Say whether a point was met; `verdict` is meet, meet_partly or miss.

    A point is met only with evidence, and left unmet only with a remark.
    """
    if verdict in ("meet", "meet_partly") and not evidence:
        raise Wrong({"evidence": [_("Choose the pictures that show it.")]})
    if any(picture.site_id != milestone.site_id for picture in evidence):
        raise Wrong({"evidence": [_("These pictures belong to another site.")]})
    if verdict in ("meet_partly", "miss") and not remarks.strip():
        raise Wrong({"remarks": [_("Say what is missing.")]})
    with transaction.atomic():
        facts = {"evidence": [picture.code for picture in evidence], "remarks": remarks}
        move(milestone, MILESTONE, verdict, by=by, at=at, facts=facts)
        milestone.judged_on = day_of(at)
        milestone.remarks = remarks
        milestone.save(update_fields=["judged_on", "remarks"])
        milestone.evidence.set(evidence)
        settle(milestone)
    return milestone


def open_permit(
    site: Site, *, number: str, issued_on: date, until_on: date, by: Actor, at: datetime
) -> DigPermit:
    """Enter a permit to open the ground; the site cannot be accepted until it is closed."""
    require_side("dig_permit.open", site, ("supplier", "utility_engineer"), by)
    if until_on < issued_on:
        raise Wrong({"until_on": [_("The last day comes before the first.")]})
    with transaction.atomic():
        hold_site(site)
        if site.permits.filter(number=number).exists():
            raise Wrong({"number": [_("This permit is entered already.")]})
        permit = DigPermit.objects.create(
            code=derived_code("DP", site.code, number),
            site=site,
            number=number,
            issued_on=issued_on,
            until_on=until_on,
        )
        facts = {"site": site, "number": number, "issued_on": issued_on, "until_on": until_on}
        record("dig_permit.open", permit.code, by=by, at=at, facts=facts)
    return permit


def close_permit(permit: DigPermit, *, by: Actor, at: datetime) -> DigPermit:
    """Close the permit: the surface is restored."""
    with transaction.atomic():
        move(permit, DIG_PERMIT, "close", by=by, at=at, facts={"site": permit.site.code})
        permit.closed_on = day_of(at)
        permit.save(update_fields=["closed_on"])
        settle(permit)
    return permit


def measure_line(
    line: WorkLine, quantity: Decimal, *, on: date, by: Actor, at: datetime
) -> Measurement:
    """Measure more of a line of the bill: cumulative ≤ contract ≤ estimate.

    A line that pays length is never measured by hand.
    """
    site = line.site
    require_side("measurement.write", site, ("supplier", "supervisor"), by)
    if line.kind == LineKind.LENGTH:
        raise Refused("measurement.write", [LENGTH_IS_MEASURED])
    if quantity <= 0:
        raise Wrong({"quantity": [_("The quantity must be more than nothing.")]})
    if on > day_of(at):
        raise Wrong({"on": [_("A day that has not come cannot be reported.")]})
    with transaction.atomic():
        hold_site(site)
        require_running("measurement.write", site)
        total = measured_so_far(line) + quantity
        if total > line.contract_quantity:
            raise Refused("measurement.write", [OVER_CONTRACT])
        row = Measurement.objects.create(
            code=derived_code("MS", site.code, line.number, line.measurements.count(), at),
            line=line,
            quantity=quantity,
            measured_on=on,
            written_by=by.code,
        )
        facts = {"site": site.code, "line": line.number, "quantity": quantity, "total": total}
        record("measurement.write", row.code, by=by, at=at, facts=facts)
    return row
