"""The limits that the law and the programme's targets give a country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.kernel.money import tenge
from qaita.law import national_plan, unit_prices, zones
from qaita.law.national_plan import NationalPlan
from qaita.networks.models import UtilityService
from qaita.networks.queries import totals_by_network
from qaita.planning.national.limits import CountryLimits
from qaita.planning.national.materials import supplies
from qaita.planning.national.plants import plants_past_life


@dataclass(frozen=True)
class Targets:
    """What the programme promises for all its years: by service."""

    length_km: Mapping[str, float]
    money_kzt: Mapping[str, Decimal]


@dataclass(frozen=True)
class Holding:
    """The networks of one service of a utility in a region."""

    utility: str
    region: str
    service: str
    length_km: float
    past_norm_km: float
    worth_kzt: Decimal  # of building them anew at the average price
    in_red_zone: bool

    @property
    def need_kzt(self) -> Decimal:
        """Return the worth of what is past its norm life."""
        share = self.past_norm_km / self.length_km if self.length_km else 0.0
        return self.worth_kzt * Decimal(repr(share))


def holdings(on: date) -> list[Holding]:
    """Return what is in the register, by utility, region and service."""
    owners = dict(UtilityService.objects.values_list("pk", "organisation__code"))
    sums: dict[tuple[str, str, str], list[float]] = {}
    for row in totals_by_network(on).values():
        key = (owners[row["utility_service"]], row["kato"], row["service"])
        own = sums.setdefault(key, [0.0, 0.0])
        own[0] += row["metres"]
        own[1] += row["past"] or 0.0
    price, red = unit_prices(on=on).price_per_km, zones(on=on).red_percent
    return sorted(
        (
            Holding(
                utility,
                region,
                service,
                whole / 1_000,
                past / 1_000,
                Decimal(repr(whole / 1_000)) * price[service],
                100 * past > red[service] * whole,
            )
            for (utility, region, service), (whole, past) in sums.items()
        ),
        key=lambda one: (one.utility, one.region, one.service),
    )


@dataclass(frozen=True)
class TariffRoom:
    """What the tariffs of a utility can carry, by year; assumed where that is not well known."""

    by_year_kzt: Mapping[int, Decimal]
    is_assumed: bool


def limits_from_law(
    targets: Targets,
    *,
    on: date,
    first_year: int,
    tariffs: Mapping[str, TariffRoom] | None = None,
) -> CountryLimits:
    """Return the programme's targets and the law's shares as limits of the networks on file.

    Where the register holds a part of the country's networks of a service, its targets are taken
    in that share. `tariffs` by utility: of others a share of the worth of their networks is
    assumed.
    """
    law, rows = national_plan(on=on), holdings(on)
    years = tuple(range(first_year, first_year + law.plan_years))
    parts = {year: Decimal(str(p)) / 100 for year, p in zip(years, _percents(law), strict=True)}
    covered = _covered(law, rows)
    money = sum(
        (targets.money_kzt.get(s, Decimal(0)) * Decimal(repr(c)) for s, c in covered.items()),
        Decimal(0),
    )
    known = {} if tariffs is None else tariffs
    caps = _caps(law, rows, years)
    assumed = {utility for utility in caps if utility not in known or known[utility].is_assumed}
    caps |= {u: dict(known[u].by_year_kzt) for u in caps if u in known}
    return CountryLimits(
        years=years,
        budgets_kzt={year: tenge(money * part) for year, part in parts.items()},
        caps_kzt=caps,
        caps_assumed=tuple(sorted(assumed)),
        capacities_km=_capacities(law, rows, years),
        floors_km=_floors(law, targets, covered, parts),
        domestic_shares={s: law.domestic_least_percent[s] / 100 for s in covered},
        regions_kzt=_regions(law, rows, money, caps),
        red_zone_share=_red_zone_share(law, rows),
        supplies_km=_supplies(on, covered, years),
        import_shares={s: law.import_most_percent[s] / 100 for s in covered},
        plants_past_life=plants_past_life(years),
    )


def _percents(law: NationalPlan) -> list[float]:
    return [law.year_percent[str(n + 1)] for n in range(law.plan_years)]


def _covered(law: NationalPlan, rows: list[Holding]) -> dict[str, float]:
    """Return which share of the country's length of each service is on file, at most all."""
    length: dict[str, float] = {}
    for row in rows:
        length[row.service] = length.get(row.service, 0.0) + row.length_km
    return {s: min(km / law.country_km[s], 1.0) for s, km in sorted(length.items())}


def _floors(
    law: NationalPlan,
    targets: Targets,
    covered: dict[str, float],
    parts: dict[int, Decimal],
) -> dict[str, dict[int, float]]:
    """Return the length that must be built: the law's part of what is promised."""
    return {
        service: {
            year: targets.length_km[service] * share * float(part) * law.floor_percent / 100
            for year, part in parts.items()
        }
        for service, share in covered.items()
        if service in targets.length_km
    }


def _caps(
    law: NationalPlan, rows: list[Holding], years: tuple[int, ...]
) -> dict[str, dict[int, Decimal]]:
    """Return what the tariff of each utility carries: a share of the worth of its networks."""
    yearly: dict[str, Decimal] = {}
    for row in rows:
        percent = Decimal(str(law.fundable_percent_a_year[row.service]))
        yearly[row.utility] = yearly.get(row.utility, Decimal(0)) + row.worth_kzt * percent / 100
    return {utility: dict.fromkeys(years, tenge(sum_)) for utility, sum_ in yearly.items()}


def _capacities(
    law: NationalPlan, rows: list[Holding], years: tuple[int, ...]
) -> dict[str, dict[str, dict[int, float]]]:
    length: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row.region, row.service)
        length[key] = length.get(key, 0.0) + row.length_km
    made: dict[str, dict[str, dict[int, float]]] = {}
    for (region, service), km in length.items():
        most = max(km * law.building_percent_a_year[service] / 100, law.building_least_km)
        made.setdefault(region, {})[service] = dict.fromkeys(years, round(most, 3))
    return made


def _supplies(
    on: date, services: Mapping[str, float], years: tuple[int, ...]
) -> dict[str, dict[str, dict[int, float]]]:
    """Return what the producers of the register make in a year, by service and KPVED code.

    The capacity known today holds in every year. Goods that nobody makes are not limited here:
    they are imported, and the domestic share limits that.
    """
    made: dict[str, dict[str, dict[int, float]]] = {}
    for (service, kpved), supply in sorted(supplies(on).items()):
        if service in services or not service:
            made.setdefault(service, {})[kpved] = dict.fromkeys(years, supply.capacity_km)
    return made


def _regions(
    law: NationalPlan,
    rows: list[Holding],
    money: Decimal,
    caps: Mapping[str, Mapping[int, Decimal]],
) -> dict[str, Decimal]:
    """Return the least money of each region: a part of its share of all that is past its norm.

    No region is promised more than that part of what its utilities can carry.
    """
    need: dict[str, Decimal] = {}
    worth: dict[str, Decimal] = {}
    for row in rows:
        need[row.region] = need.get(row.region, Decimal(0)) + row.need_kzt
        worth[row.utility] = worth.get(row.utility, Decimal(0)) + row.worth_kzt
    carried: dict[str, Decimal] = {}
    for row in rows:  # a utility of several regions carries by the worth of its networks
        own = sum(caps[row.utility].values(), Decimal(0)) * row.worth_kzt / worth[row.utility]
        carried[row.region] = carried.get(row.region, Decimal(0)) + own
    whole = sum(need.values(), Decimal(0))
    part = Decimal(str(law.region_least_percent)) / 100
    if not whole:
        return {}
    return {r: tenge(part * min(money * n / whole, carried[r])) for r, n in need.items()}


def _red_zone_share(law: NationalPlan, rows: list[Holding]) -> float:
    """Return the least share of the red zone: the law's, but no more than its share of the need."""
    whole = sum((row.need_kzt for row in rows), Decimal(0))
    red = sum((row.need_kzt for row in rows if row.in_red_zone), Decimal(0))
    share = float(red / whole) if whole else 0.0
    return round(min(law.red_zone_least_percent / 100, share), 4)
