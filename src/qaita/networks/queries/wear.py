"""Both wears of networks: by section, network, utility, region and service, and their forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from qaita.engine.wear.ageing import age_of_wear
from qaita.engine.wear.forecast import Forecast, forecast_of_sections
from qaita.kernel.clock import DAYS_A_YEAR, years_before
from qaita.law.wear import wear
from qaita.law.zones import zones
from qaita.networks.models import LIVING, Inspection, Network, Section, UtilityService
from qaita.networks.queries.ageing_columns import ageing_of, ageing_of_utility_service
from qaita.networks.queries.totals import Totals, sums_of, totals_by_network
from qaita.territory.models import Region

Owner = Network | UtilityService | Region | str
SURE = ("day", "year")
SUMS = ("metres", "pipes", "past", "dated", "worn", "modelled", "guessed", "rows")
# what a data-quality score asks of every section, and how much each answer weighs
INSPECTION_YEARS = 10
QUESTIONS = (("year", 3.0), ("material", 2.0), ("size", 2.0), ("inspection", 1.0))


@dataclass(frozen=True)
class WearFigures:
    """Wear of one service somewhere: shares 0…1 by length; None while nothing is known.

    `share_past_norm` is the length past its norm life, as officially published;
    `modelled_condition` the mean wear by the ageing curve, inspections and failures (0 new,
    1 worn out); `pipe_length_m` counts every pipe of the route (two for supply and return).
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


@dataclass(frozen=True)
class YearWear:
    """Wear at the end of a year if so much is renewed each year."""

    year: int
    share_past_norm: float
    modelled_condition: float
    aged_share: float
    renewed_share: float


@dataclass(frozen=True)
class DataQuality:
    """The score 0…1, the share of length with each question answered, and what is imputed."""

    score_share: float
    answered: dict[str, float]
    imputed_m: float
    length_m: float


def living_of(owner: Owner, service: str = "") -> QuerySet[Section]:
    """Return the living sections of a network, a utility's service, a region or a service."""
    rows = Section.objects.filter(state__in=LIVING)
    if isinstance(owner, Network):
        rows = rows.filter(network=owner)
    elif isinstance(owner, UtilityService):
        rows = rows.filter(network__utility_service=owner)
    elif isinstance(owner, Region):
        rows = rows.filter(region_kato=owner.kato)
    else:
        rows = rows.filter(service=owner)
    return rows.filter(service=service) if service else rows


def zone_of(share: float | None, service: str, on: date) -> str:
    """Return "red", "amber" or "green" by the thresholds in force, "" while wear is unknown."""
    if share is None:
        return ""
    law = zones(on=on)
    if share * 100 > law.red_percent[service]:
        return "red"
    return "amber" if share * 100 > law.amber_percent[service] else "green"


def wear_of(owner: Owner, *, on: date, service: str = "") -> list[WearFigures]:
    """Return the wear of every service of the owner: services are never added together."""
    return [row for _key, row in _figures(living_of(owner, service), [], on)]


def wear_by_utility_service(
    on: date, owned: Sequence[UtilityService] | None = None
) -> dict[int, WearFigures]:
    """Return the wear of these services of utilities, or of all, by their row keys."""
    if owned is not None:
        rows = Section.objects.filter(state__in=LIVING, network__utility_service__in=owned)
        return {key[0]: row for key, row in _figures(rows, ["network__utility_service"], on)}
    return {key[0]: row for key, row in _added("utility_service", on)}


def wear_by_network(networks: Sequence[Network], on: date) -> dict[int, WearFigures]:
    """Return the wear of each network by its row key."""
    rows = Section.objects.filter(state__in=LIVING, network__in=networks)
    return {key[0]: row for key, row in _figures(rows, ["network"], on)}


def wear_of_every_network(on: date) -> dict[int, WearFigures]:
    """Return the wear of every network with living sections by its row key."""
    return {key: _one(row, on) for key, row in totals_by_network(on).items()}


def wear_by_region_and_service(on: date) -> dict[tuple[str, str], WearFigures]:
    """Return the wear of every region's every service: (kato, service) → figures."""
    found = _added("kato", on)
    return {(key[0], row.service): row for key, row in found}


def _added(by: str, on: date) -> list[tuple[tuple[Any, ...], WearFigures]]:
    """Add up the whole country: every network's sums, by its service and whose it is."""
    groups: dict[tuple[Any, ...], Totals] = {}
    for row in totals_by_network(on).values():
        into = groups.setdefault((row["service"], row[by]), {"service": row["service"]})
        for name in SUMS:
            into[name] = into.get(name, 0) + (row[name] or 0)
    return [(key[1:], _one(groups[key], on)) for key in sorted(groups)]


def _figures(
    rows: QuerySet[Section], by: list[str], on: date
) -> list[tuple[tuple[Any, ...], WearFigures]]:
    summed = rows.order_by().values("service", *by).annotate(**sums_of(on))
    groups = summed.order_by("service", *by)
    return [(tuple(row[name] for name in by), _one(row, on)) for row in groups]


def _one(row: Totals, on: date) -> WearFigures:
    service = str(row["service"])
    past_m = row["past"] or 0.0
    share = past_m / row["dated"] if row["dated"] else None
    condition = row["worn"] / row["modelled"] if row["modelled"] else None
    return WearFigures(
        service=service,
        length_m=row["metres"],
        pipe_length_m=row["pipes"],
        past_norm_m=past_m,
        share_past_norm=share,
        modelled_condition=condition,
        imputed_share=(row["guessed"] or 0.0) / row["metres"] if row["metres"] else 0.0,
        sections=int(row["rows"]),
        zone=zone_of(share, service, on),
    )


# ------------------------------------------------------------------ the years to come


def wear_forecast(
    owner: Owner, *, on: date, renewed_m: Sequence[float] = (), service: str = ""
) -> list[YearWear]:
    """Return wear year by year to the programme's last year, this year first.

    `renewed_m` are metres renewed in each coming year, the worst first; years without a figure
    renew nothing. Every section ages; see `engine.wear.forecast`.
    """
    return wear_forecasts(owner, [renewed_m], on=on, service=service)[0]


def wear_forecasts(
    owner: Owner, renewals_m: Sequence[Sequence[float]], *, on: date, service: str = ""
) -> list[list[YearWear]]:
    """Return a forecast for each of several courses of renewal: the sections are read once."""
    if isinstance(owner, UtilityService) and service in ("", owner.service):
        rows = ageing_of_utility_service(owner)
    else:
        rows = ageing_of(living_of(owner, service))
    if not len(rows.length_m):
        return [[] for _ in renewals_m]
    age = (np.datetime64(on) - rows.laid_on).astype(np.float64) / DAYS_A_YEAR
    worn_age = age_of_wear(rows.wear_share, rows.norm_life_years, rows.shape)
    worn_age = np.where(np.isnan(rows.wear_share), age, worn_age)
    years = list(range(on.year, wear(on=on).forecast_until_year + 1))
    made = []
    for given_m in renewals_m:
        renewed = np.zeros(max(len(years) - 1, 0))
        first = np.array(given_m[: len(renewed)], np.float64)
        renewed[: len(first)] = first
        found = forecast_of_sections(
            age,
            rows.norm_life_years,
            rows.shape,
            rows.length_m,
            renewed,
            worn_age_years=worn_age,
        )
        made.append(_by_year(years, found))
    return made


def _by_year(years: Sequence[int], found: Forecast) -> list[YearWear]:
    columns = (
        found.past_norm_share,
        found.modelled_wear_share,
        found.aged_share,
        found.renewed_share,
    )
    rows = np.stack(columns, 1).tolist()
    return [YearWear(year, *row) for year, row in zip(years, rows, strict=True)]


# ------------------------------------------------------------------ how well it is known


def data_quality(owner: Owner, *, on: date) -> DataQuality:
    """Return how well the sections of the owner are known, by length.

    Asked are the year of laying (a decade answers half), the material, the size, and an inspection
    that is not older than INSPECTION_YEARS.
    """
    recent = years_before(on, INSPECTION_YEARS)
    found = living_of(owner).aggregate(
        length=Sum("length_m"),
        sure=Sum("length_m", filter=Q(laid_precision__in=SURE, laid_imputed=False)),
        decade=Sum("length_m", filter=Q(laid_precision="decade", laid_imputed=False)),
        material=Sum("length_m", filter=Q(material_imputed=False) & ~Q(material="")),
        size=Sum("length_m", filter=Q(diameter_mm__isnull=False) | Q(voltage_kv__isnull=False)),
        guessed=Sum("length_m", filter=Q(laid_imputed=True) | Q(material_imputed=True)),
    )
    seen = living_of(owner).filter(_inspected(recent)).aggregate(length=Sum("length_m"))["length"]
    total = found["length"] or 0.0
    if not total:
        return DataQuality(0.0, {name: 0.0 for name, _weight in QUESTIONS}, 0.0, 0.0)
    known = {
        "year": (found["sure"] or 0.0) + (found["decade"] or 0.0) / 2,
        "material": found["material"] or 0.0,
        "size": found["size"] or 0.0,
        "inspection": seen or 0.0,
    }
    answered = {name: metres / total for name, metres in known.items()}
    weights = dict(QUESTIONS)
    score = sum(answered[name] * weight for name, weight in QUESTIONS) / sum(weights.values())
    return DataQuality(score, answered, found["guessed"] or 0.0, total)


def _inspected(since: date) -> Exists:
    return Exists(Inspection.objects.filter(section=OuterRef("pk"), on__gte=since))
