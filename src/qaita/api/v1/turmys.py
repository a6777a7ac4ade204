"""Outages, incidents and balances of districts; readings are sent with a key."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from qaita.accounts.queries import actor_with_key
from qaita.kernel.actor import Actor
from qaita.kernel.clock import now
from qaita.networks.queries import get_network
from qaita.turmys.models import DistrictBalance, Incident, Outage, ReadingBatch
from qaita.turmys.queries import get_outage, incidents, outages
from qaita.turmys.services import take_readings

NO_NUL = r"^[^\x00]*$"

router = Router(tags=["turmys"])
PER_PAGE = 200


class ReadingsKey(HttpBearer):
    """The key of a program that may send readings."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return who the program acts for."""
        actor = actor_with_key(token, "readings", at=now())
        return actor if actor.grants else None


class OutageOut(Schema):
    """An outage and whom it cuts off."""

    code: str
    state: str
    kind: str
    reason: str
    service: str
    region_kato: str
    network: str
    place_kk: str
    place_ru: str
    place_en: str
    lon_deg: float
    lat_deg: float
    radius_m: float
    consumers_off: int
    is_traced: bool
    incident: str | None
    project_code: str
    announced_at: datetime
    starts_at: datetime
    expected_at: datetime
    started_at: datetime | None
    overdue_at: datetime | None
    restored_at: datetime | None
    cancelled_at: datetime | None
    cap: str


class OutageWhole(OutageOut):
    """An outage with the sections it leaves without supply."""

    sections: list[str]


class IncidentOut(Schema):
    """An incident."""

    code: str
    state: str
    source: str
    service: str
    region_kato: str
    section: str | None
    cause: str
    appeals_count: int
    consumers_off: int
    failure_code: str
    noticed_at: datetime
    confirmed_at: datetime | None
    repaired_at: datetime | None
    closed_at: datetime | None


class BalanceOut(Schema):
    """A district's month in whole base units."""

    district: str
    month_on: date
    unit: str
    supply_value: int
    billed_value: int
    losses_value: int
    meters_count: int
    silent_count: int
    lake_version: int


class BatchOut(Schema):
    """A file of readings as it was taken."""

    code: str
    source: str
    sequence_no: int
    file_sha256: str
    taken_count: int
    quarantined_count: int
    reasons: dict[str, int]
    taken_at: datetime


class Wanted(Schema):
    """What is asked for."""

    state: str = ""
    service: str = ""
    region: str = ""


def _outage(row: Outage) -> dict[str, Any]:
    linked = {"network", "incident", "cap"}
    plain = {name: getattr(row, name) for name in OutageOut.model_fields if name not in linked}
    return {
        **plain,
        "network": row.network.code,
        "incident": row.incident.code if row.incident else None,
        "cap": f"/alerts/{row.code}.xml",
    }


def _incident(row: Incident) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in IncidentOut.model_fields if name != "section"}
    return {**plain, "section": row.section.code if row.section else None}


def _asked(wanted: Wanted) -> dict[str, str]:
    asked = {"state": wanted.state, "service": wanted.service, "region_kato": wanted.region}
    return {name: value for name, value in asked.items() if value}


@router.get("/outages", response=list[OutageOut])
def list_outages(request: HttpRequest, wanted: Query[Wanted]) -> list[dict[str, Any]]:
    """List outages, the latest start first."""
    rows = outages().select_related("incident").filter(**_asked(wanted))
    return [_outage(row) for row in rows[:PER_PAGE]]


@router.get("/outages/{code}", response=OutageWhole)
def read_outage(request: HttpRequest, code: str) -> dict[str, Any]:
    """Tell of one outage and the sections it leaves without supply."""
    row = get_outage(code)
    sections = list(row.sections.order_by("code").values_list("code", flat=True))
    return {**_outage(row), "sections": sections}


@router.get("/incidents", response=list[IncidentOut])
def list_incidents(request: HttpRequest, wanted: Query[Wanted]) -> list[dict[str, Any]]:
    """List incidents that a dispatcher has confirmed, the latest first."""
    rows = incidents().exclude(state__in=("proposed", "dismissed")).filter(**_asked(wanted))
    return [_incident(row) for row in rows[:PER_PAGE]]


@router.get("/networks/{code}/balances", response=list[BalanceOut])
def list_balances(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """List the monthly balances of a network's districts."""
    rows = DistrictBalance.objects.filter(district__network=get_network(code))
    names = [name for name in BalanceOut.model_fields if name != "district"]
    return [
        {**{name: getattr(row, name) for name in names}, "district": row.district.code}
        for row in rows.select_related("district")[:PER_PAGE]
    ]


@router.post("/networks/{code}/readings", response={201: BatchOut}, auth=ReadingsKey())
def send_readings(
    request: HttpRequest,
    code: str,
    source: Form[Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]],
    sequence_no: Form[Annotated[int, Field(ge=0, lt=2**63)]],
    file: File[UploadedFile],
) -> tuple[int, ReadingBatch]:
    """Take a CSV of readings once; what cannot be read is put aside with its reason."""
    made = take_readings(
        get_network(code),
        file.read(),
        source=source,
        sequence_no=sequence_no,
        by=request.auth,  # type: ignore[attr-defined]  # ninja puts the caller there
        at=now(),
    )
    return 201, made
