"""From instruments to a household's monthly bill, and when it may be charged."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Sum

from qaita.engine.tariff import Debt, bill_rise_kzt, yearly_cost_mkzt
from qaita.funding.models import Instrument, InstrumentKind
from qaita.kernel.money import from_million, million_tenge, tenge
from qaita.law import funding, households
from qaita.law.reading import read_topic
from qaita.networks.models import Network, Node
from qaita.programme.models import Project

# Budget money comes without a claim on the tariff; the rest is paid back through it.
FREE = (InstrumentKind.BUDGET,)


@dataclass(frozen=True)
class Bill:
    """What the project adds to a month's bill, with every row of the sum."""

    yearly_cost_kzt: Decimal
    household_share: float
    households: int
    households_assumed: bool
    monthly_kzt: Decimal
    starts_on: date
    rows: list[dict[str, Any]]


def freeze_end(on: date) -> date | None:
    """Return the first day after the freeze that holds on the day; None when none holds."""
    if not funding(on=on).tariff_frozen:
        return None
    values = read_topic("funding")["tariff_frozen"].values
    later = [value.since for value in values if value.since > on and not value.value]
    return later[0] if later else date.max


def households_of(project: Project, on: date) -> tuple[int, bool]:
    """Return how many households the project's networks serve, and whether that is assumed.

    People of the network or of its town by the size of a household; else the consumers counted at
    its nodes; else, marked as assumed, one household for every node.
    """
    networks = Network.objects.filter(sections__projects=project).distinct()
    people, towns = 0, dict[int, int]()
    for network in networks.select_related("settlement"):
        people += network.population
        if network.settlement and not network.population:
            towns[network.settlement.pk] = network.settlement.population
    people += sum(towns.values())  # two networks of one town serve the same people
    if people:
        return max(1, round(people / households(on=on).people)), False
    nodes = Node.objects.filter(network__in=networks)
    counted = nodes.aggregate(n=Sum("consumers"))["n"] or 0
    return (counted, False) if counted else (max(1, nodes.count()), True)


def bill_of(project: Project, instruments: list[Instrument], *, on: date) -> Bill:
    """Return the effect of the instruments on the bill, by the law of the day.

    Each source is paid back in even yearly payments over its term, at its rate less the part of
    the rate the State pays. Households carry their share of the yearly cost, divided evenly.
    """
    count, assumed = households_of(project, on)
    share = float(households(on=on).cost_percent[project.service]) / 100
    paid = [one for one in instruments if one.kind not in FREE]
    debt = Debt(
        np.array([million_tenge(one.amount_kzt) for one in paid]),
        np.array([one.rate_percent / 100 for one in paid]),
        np.array([one.subsidy_points / 100 for one in paid]),
        np.array([max(one.term_years, 1.0) for one in paid]),
    )
    yearly = yearly_cost_mkzt(debt) if paid else np.zeros(0)
    by_code = {one.code: float(cost) for one, cost in zip(paid, yearly, strict=True)}
    rows = [
        {
            "instrument": one.code,
            "kind": one.kind,
            "amount_kzt": str(one.amount_kzt),
            "rate_percent": one.rate_percent,
            "subsidy_points": one.subsidy_points,
            "term_years": one.term_years,
            "yearly_kzt": str(from_million(by_code.get(one.code, 0.0))),
        }
        for one in instruments
    ]
    return Bill(
        yearly_cost_kzt=from_million(float(yearly.sum())),
        household_share=share,
        households=count,
        households_assumed=assumed,
        monthly_kzt=tenge(bill_rise_kzt(float(yearly.sum()), share, count)),
        starts_on=freeze_end(on) or on,
        rows=rows,
    )
