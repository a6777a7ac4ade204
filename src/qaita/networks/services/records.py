"""Failures and inspections of sections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, Refused, Stale, Text, Wrong
from qaita.kernel.ids import new_code
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import record, record_many
from qaita.networks.errors import (
    BAD_CAUSE,
    BAD_CONDITION,
    BAD_CONSUMERS,
    IN_THE_FUTURE,
    REPAIRED_BEFORE,
)
from qaita.networks.models import Failure, FailureCause, Inspection, Section
from qaita.networks.states import ENGINEERS, REPORTERS, require_role


@dataclass(frozen=True)
class FailureFacts:
    """What is known of a failure of a section."""

    section: Section
    happened_at: datetime
    cause: str = "unknown"
    repaired_at: datetime | None = None
    consumers_off: int = 0
    source: str = "crew"
    confidence: float = 1.0
    project: str = ""
    code: str = ""


@dataclass(frozen=True)
class InspectionFacts:
    """What an inspection found; condition 0 is new, 1 is worn out."""

    section: Section
    on: date
    condition: float
    method: str = ""
    remarks: str = ""
    code: str = ""


def record_failure(
    section: Section, *, cause: str, consumers_off: int, source: str, by: Actor, at: datetime
) -> Failure:
    """Write down a failure of a section that happens now; see `record_failures` for past ones."""
    facts = FailureFacts(section, at, cause, consumers_off=consumers_off, source=source)
    return record_failures([facts], by=by, at=at)[0]


def record_failures(rows: Sequence[FailureFacts], *, by: Actor, at: datetime) -> list[Failure]:
    """Write down many failures, one entry each, all or none."""
    for row in rows:
        require_role("failure.record", by, REPORTERS, row.section.scope_for("dispatcher"))
        _require_sound(row, at)
    made = [
        Failure(
            code=row.code or new_code("FL"),
            section=row.section,
            at=row.happened_at,
            cause=row.cause,
            repaired_at=row.repaired_at,
            consumers_off=row.consumers_off,
            source=row.source,
            confidence=row.confidence,
            project=row.project,
        )
        for row in rows
    ]
    with transaction.atomic():
        Failure.objects.bulk_create(made, batch_size=2_000)
        record_many(
            make_entry(
                kind="failure.record",
                code=row.code,
                actor=by.code,
                at=at,
                facts={
                    "section": row.section,
                    "at": row.at,
                    "cause": row.cause,
                    "repaired_at": row.repaired_at,
                    "consumers_off": row.consumers_off,
                    "source": row.source,
                    "confidence": row.confidence,
                },
            )
            for row in made
        )
    return made


def _require_sound(row: FailureFacts, at: datetime) -> None:
    if row.happened_at > at or (row.repaired_at and row.repaired_at > at):
        raise Refused("failure.record", [IN_THE_FUTURE])
    wrong: dict[str, list[Text]] = {}
    if row.cause not in FailureCause.values:
        wrong["cause"] = [BAD_CAUSE]
    if row.consumers_off < 0:
        wrong["consumers_off"] = [BAD_CONSUMERS]
    if row.repaired_at and row.repaired_at < row.happened_at:
        wrong["repaired_at"] = [REPAIRED_BEFORE]
    if wrong:
        raise Wrong(wrong)


def record_repair(code: str, *, by: Actor, at: datetime) -> Failure:
    """Write down when a failure was mended."""
    failure = Failure.objects.select_related("section__network").filter(code=code).first()
    if failure is None:
        raise Missing("failure", code)
    require_role("failure.repair", by, REPORTERS, failure.section.scope_for("dispatcher"))
    with transaction.atomic():
        if not Failure.objects.filter(pk=failure.pk, repaired_at=None).update(repaired_at=at):
            raise Stale(code)
        failure.repaired_at = at
        facts = {"section": failure.section, "repaired_at": at}
        record("failure.repair", code, by=by, at=at, facts=facts)
    return failure


def record_inspection(facts: InspectionFacts, *, by: Actor, at: datetime) -> Inspection:
    """Write down what an inspection of a section found."""
    return record_inspections([facts], by=by, at=at)[0]


def record_inspections(
    rows: Sequence[InspectionFacts], *, by: Actor, at: datetime
) -> list[Inspection]:
    """Write down many inspections, one entry each, all or none."""
    for row in rows:
        scope = row.section.scope_for("utility_engineer")
        require_role("inspection.record", by, ENGINEERS, scope)
        if row.on > day_of(at):
            raise Refused("inspection.record", [IN_THE_FUTURE])
        if not 0 <= row.condition <= 1:
            raise Wrong({"condition": [BAD_CONDITION]})
    made = [
        Inspection(
            code=row.code or new_code("IN"),
            section=row.section,
            on=row.on,
            method=row.method[:40],
            condition=row.condition,
            remarks=row.remarks[:500],
        )
        for row in rows
    ]
    with transaction.atomic():
        Inspection.objects.bulk_create(made, batch_size=2_000)
        record_many(
            make_entry(
                kind="inspection.record",
                code=row.code,
                actor=by.code,
                at=at,
                facts={"section": row.section, "on": row.on, "condition": row.condition},
            )
            for row in made
        )
    return made
