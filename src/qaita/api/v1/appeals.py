"""Appeals as anybody may see them: no names, no words of people, places to a hundred metres."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qaita.appeals.models import Appeal
from qaita.appeals.queries import get_appeal, public_appeals, tally
from qaita.kernel.clock import day_of, now

router = Router(tags=["appeals"])
PER_PAGE = 200


class AppealOut(Schema):
    """The public part of an appeal."""

    code: str
    state: str
    channel: str
    service: str
    category: str
    extent: str
    statement: str
    region_kato: str
    settlement: str | None
    section: str | None
    organisation: str | None
    incident: str | None
    lon_deg: float | None
    lat_deg: float | None
    received_at: datetime
    accept_by_on: date
    due_on: date
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str
    reopens_count: int
    rating: int | None
    is_demonstration: bool


class TallyOut(Schema):
    """How appeals stand."""

    waiting: int
    overdue: int
    answered: int
    closed: int
    closed_unfixed: int


class Wanted(Schema):
    """What is asked for; `after` is the code of the last appeal already read."""

    state: str = ""
    service: str = ""
    region: str = ""
    after: str = ""


def _code(thing: Any) -> str | None:
    return thing.code if thing else None


def _appeal(row: Appeal) -> dict[str, Any]:
    names = [*AppealOut.model_fields]
    linked = {"settlement", "section", "organisation", "incident", "region_kato"}
    plain = {name: getattr(row, name) for name in names if name not in linked}
    return {
        **plain,
        "region_kato": row.region.kato,
        "settlement": row.settlement.name_ru if row.settlement else None,
        "section": _code(row.section),
        "organisation": _code(row.organisation),
        "incident": _code(row.incident),
    }


@router.get("/appeals", response=list[AppealOut])
def list_appeals(request: HttpRequest, wanted: Query[Wanted]) -> list[dict[str, Any]]:
    """List appeals, newest first, two hundred at a time."""
    rows = public_appeals().order_by("-id")
    asked = {"state": wanted.state, "service": wanted.service, "region__kato": wanted.region}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if wanted.after:
        rows = rows.filter(pk__lt=get_appeal(wanted.after).pk)
    return [_appeal(row) for row in rows[:PER_PAGE]]


@router.get("/appeals/tally", response=TallyOut)
def count_appeals(request: HttpRequest) -> Any:
    """Count appeals by how they stand; those closed unfixed apart."""
    return tally(Appeal.objects.all(), day_of(now()))


@router.get("/appeals/{code}", response=AppealOut)
def read_appeal(request: HttpRequest, code: str) -> dict[str, Any]:
    """Tell of one appeal."""
    return _appeal(get_appeal(code))
