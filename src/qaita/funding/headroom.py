"""How much renewal the tariffs of each utility can carry, year by year.

Within a year's allowed growth of the tariff, the law leaves a part to renewal. That part of the
year's revenue, less what live projects already take of it, pays back a loan at the subsidised rate
over the law's term: the loan is what may be renewed. While tariffs are frozen there is no growth.

Revenue is what households pay (their number × what one uses × the tariff) over their share of it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from django.db.models import Sum

from qaita.engine.tariff import yearly_payment_mkzt
from qaita.funding.models import TariffEstimate
from qaita.kernel.money import tenge
from qaita.law import funding, households, national_plan, planning
from qaita.networks.models import Network, Node
from qaita.planning.queries import TariffRoom
from qaita.programme.queries import LIVE

MONTHS = 12


@dataclass(frozen=True)
class Served:
    """Households of one service of a utility."""

    utility: str
    service: str
    households: float
    is_assumed: bool


def tariff_headroom(*, on: date, first_year: int) -> dict[str, TariffRoom]:
    """Return what the tariffs of every utility with networks carry in each year of a plan."""
    years = range(first_year, first_year + national_plan(on=on).plan_years)
    revenue: dict[str, float] = {}
    assumed: dict[str, bool] = {}
    for one in served(households(on=on).people):
        own = one.households * _paid_a_year_kzt(one.service, on)
        revenue[one.utility] = revenue.get(one.utility, 0.0) + own
        assumed[one.utility] = assumed.get(one.utility, False) or one.is_assumed
    taken, lent = _taken_kzt(), _lent_share(on)
    return {
        utility: TariffRoom(
            _by_year(kzt, taken.get(utility, 0.0), years, on, lent), assumed[utility]
        )
        for utility, kzt in sorted(revenue.items())
    }


def _paid_a_year_kzt(service: str, on: date) -> float:
    """Return the revenue of a service for every household it serves."""
    law, money = households(on=on), funding(on=on)
    own = MONTHS * law.use_per_month[service] * float(money.tariff_kzt[service])
    return own / (float(law.cost_percent[service]) / 100)


def _lent_share(on: date) -> float:
    """Return the loan that one tenge a year pays back."""
    law = funding(on=on)
    rate, years = float(law.subsidised_rate_percent) / 100, float(law.loan_years)
    return 1.0 / float(yearly_payment_mkzt(np.ones(1), np.array([rate]), np.array([years]))[0])


def _by_year(
    revenue_kzt: float, taken_kzt: float, years: range, on: date, lent: float
) -> dict[int, Decimal]:
    """Return the loans of each year; what projects took before is paid from the first years."""
    growth = 1 + planning(on=on).inflation_percent / 100
    found, owed = {}, taken_kzt
    for year in years:
        law = funding(on=max(date(year, 12, 31), on))
        part = law.tariff_growth_cap_percent * law.tariff_renewal_percent / 10_000
        allowed = 0.0 if law.tariff_frozen else float(part)
        room = revenue_kzt * growth ** (year - on.year) * allowed
        paid = min(room, owed)
        owed -= paid
        found[year] = tenge((room - paid) * lent)
    return found


def _taken_kzt() -> dict[str, float]:
    """Return what live projects already add to the yearly tariff of each utility."""
    own = "project__utility__code"
    rows = TariffEstimate.objects.filter(project__state__in=LIVE).order_by("project", "version")
    last = {row[0]: row[1:] for row in rows.values_list("project", own, "yearly_cost_kzt")}
    taken: dict[str, float] = {}
    for utility, kzt in last.values():
        taken[utility] = taken.get(utility, 0.0) + float(kzt)
    return taken


def served(household_people: float) -> list[Served]:
    """Return the households of every service of every utility.

    People of its networks, or of their towns (each counted once), by the size of a household; else
    the consumers counted at its nodes; else, assumed, one household for every node.
    """
    owner = ("utility_service__organisation__code", "utility_service__service")
    towns: dict[tuple[str, str], dict[int, float]] = {}
    bare: dict[tuple[str, str], list[int]] = {}
    rows = Network.objects.order_by("code").values_list(
        "pk", *owner, "population", "settlement", "settlement__population"
    )
    for network, utility, service, own, town, in_town in rows:
        key, count = (utility, service), own or in_town or 0
        if not count:
            bare.setdefault(key, []).append(network)
            continue
        known = towns.setdefault(key, {})
        place = -network if town is None else town  # two networks of a town serve the same people
        known[place] = max(known.get(place, 0.0), float(count))
    people = {key: sum(counts.values()) for key, counts in towns.items()}
    found = []
    for key in sorted({*people, *bare}):
        more, is_assumed = _counted(bare.get(key, []))
        found.append(Served(*key, people.get(key, 0.0) / household_people + more, is_assumed))
    return found


def _counted(networks: list[int]) -> tuple[float, bool]:
    """Return the households of networks of which nobody said how many live there."""
    if not networks:
        return 0.0, False
    nodes = Node.objects.filter(network__in=networks)
    counted = nodes.aggregate(n=Sum("consumers"))["n"] or 0
    return (float(counted), False) if counted else (float(nodes.count()), True)
