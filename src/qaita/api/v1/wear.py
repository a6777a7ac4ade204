"""Both wears by utility, region and service, and the forecast. Services are never added up."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import Missing
from qaita.networks.models import UtilityService
from qaita.networks.queries import (
    data_quality,
    get_utility_service,
    wear_by_region_and_service,
    wear_by_utility_service,
    wear_forecast,
)
from qaita.networks.queries.wear import WearFigures

router = Router(tags=["wear"])
Service = Literal["heat", "power", "water", "wastewater", "gas"]


class WearOut(Schema):
    """Wear in shares 0…1 by length; null while nothing is known.

    `share_past_norm` is the length past its service life, as officially counted;
    `modelled_condition` the modelled wear (0 new, 1 worn out); `pipe_length_m` counts every pipe
    of a route; `imputed_share` the length whose year or material is estimated.
    """

    service: str
    length_m: float
    pipe_length_m: float
    past_norm_m: float
    share_past_norm: float | None
    modelled_condition: float | None
    imputed_share: float
    sections: int
    zone: str


class UtilityWear(WearOut):
    """The wear of one service of a utility in a region."""

    utility_service: str
    utility: str
    region_kato: str


class RegionWear(WearOut):
    """The wear of one service in a region."""

    region_kato: str


class YearOut(Schema):
    """Wear at the end of a year when so much is renewed."""

    year: int
    share_past_norm: float
    modelled_condition: float
    aged_share: float
    renewed_share: float


class QualityOut(Schema):
    """How well the sections are known: a score and the share of length for each question."""

    score_share: float
    answered: dict[str, float]
    imputed_m: float
    length_m: float


class ForecastOut(Schema):
    """The forecast of one service of a utility, and how well it is known."""

    utility_service: str
    on: date
    years: list[YearOut]
    quality: QualityOut


class Asked(Schema):
    """Which rows, and on which day's law the zones stand."""

    service: Service | None = None
    region_kato: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    on: date | None = None


class Renewal(Schema):
    """Metres renewed in each coming year, the worst first: ?renewed_m=1000&renewed_m=2000."""

    renewed_m: Annotated[list[Annotated[float, Field(ge=0, le=1e9)]], Field(max_length=10)] = []


def _shown(figures: WearFigures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in WearOut.model_fields}


@router.get("/wear/utilities", response=list[UtilityWear], summary="Wear by utility and service")
def utilities(request: HttpRequest, asked: Query[Asked]) -> list[dict[str, Any]]:
    """Return the wear of every utility's every service."""
    rows = UtilityService.objects.select_related("organisation", "region").order_by("code")
    if asked.service:
        rows = rows.filter(service=asked.service)
    if asked.region_kato:
        rows = rows.filter(region__kato=asked.region_kato)
    wear = wear_by_utility_service(asked.on or day_of(now()))
    return [
        {
            **_shown(wear[row.pk]),
            "utility_service": row.code,
            "utility": row.organisation.code,
            "region_kato": row.region.kato,
        }
        for row in rows
        if row.pk in wear
    ]


@router.get("/wear/regions", response=list[RegionWear], summary="Wear by region and service")
def regions(request: HttpRequest, asked: Query[Asked]) -> list[dict[str, Any]]:
    """Return the wear of every region's every service."""
    found = wear_by_region_and_service(asked.on or day_of(now()))
    return [
        {**_shown(figures), "region_kato": kato}
        for (kato, service), figures in sorted(found.items())
        if asked.service in (None, service) and asked.region_kato in (None, kato)
    ]


@router.get("/wear/utilities/{code}/forecast", response=ForecastOut, summary="Forecast of wear")
def forecast(request: HttpRequest, code: str, asked: Query[Renewal]) -> dict[str, Any]:
    """Return wear to the programme's last year if so much is renewed, and the data's quality."""
    if "\0" in code:
        raise Missing("utility service", code)
    owner, on = get_utility_service(code), day_of(now())
    return {
        "utility_service": owner.code,
        "on": on,
        "years": wear_forecast(owner, on=on, renewed_m=asked.renewed_m),
        "quality": data_quality(owner, on=on),
    }
