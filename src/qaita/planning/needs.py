"""What every section needs: expected failures as it lies, as new, and what one failure costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from django.db.models import Avg, Count

from qaita.kernel.clock import DAYS_A_YEAR
from qaita.law import planning, wear
from qaita.law.planning import Planning
from qaita.networks.models import Failure, Network, Section
from qaita.networks.queries import consequence_of, failure_rates, sections_of

Floats = npt.NDArray[np.float64]
UNKNOWN_WEAR = 0.5


@dataclass(frozen=True)
class Needs:
    """The living sections of one network with their figures, in the order of their codes."""

    sections: list[Section]
    wear: Floats  # 0 new … 1 worn out
    past_norm: npt.NDArray[np.bool_]
    failures: npt.NDArray[np.int64]  # counted in the window
    old_per_year: Floats
    new_per_year: Floats
    consequence_kzt: Floats

    @property
    def saved_kzt_a_year(self) -> Floats:
        """What renewing each section would save in the first year."""
        return (self.old_per_year - self.new_per_year) * self.consequence_kzt


def wear_share(section: Section, on: date) -> float:
    """Return the section's modelled wear, or its age over its norm life when none was modelled."""
    if section.condition is not None:
        return float(section.condition)
    if section.laid_on is None:
        return UNKNOWN_WEAR
    life_years = section.norm_life_years or wear(on=on).life_years(
        section.service, section.material
    )
    return share_of_life(section.laid_on, life_years, on)


def share_of_life(laid_on: date, life_years: float, on: date) -> float:
    """Return which share of its norm life has passed, at most all of it."""
    return float(np.clip((on - laid_on).days / DAYS_A_YEAR / life_years, 0.0, 1.0))


def expected_per_year(
    wears: Floats, length_km: Floats, counted: npt.NDArray[np.int64], *, law: Planning, service: str
) -> tuple[Floats, Floats]:
    """Return failures a year of each section as it lies and when new.

    The rate per km rises from the new section's to the worn one's by a constant factor per point
    of wear. A section's own history corrects it: (k + counted) / (k + expected), the mean of a
    gamma posterior with shape k, so that a short history weighs little.
    """
    new = law.new_failures_per_km_year[service]
    worn = law.worn_failures_per_km_year[service]
    base = new * (worn / new) ** wears * length_km
    k, years = law.own_history_weight, law.failure_history_years
    return base * (k + counted) / (k + base * years), new * length_km


def consumers_hit(counted: Floats, sections: Sequence[int], assumed: float) -> Floats:
    """Return how many consumers one failure of each section (by row key) leaves without supply.

    Those counted in its failures, on average (0: none counted); else those that its closure cuts
    off, where that was computed; else the number that the law's table assumes.
    """
    carried = consequence_of(sections).consumers_off
    otherwise = np.where(np.isnan(carried), assumed, carried)
    return np.where(counted > 0, counted, otherwise)


def failure_cost_kzt(consumers_off: Floats, *, law: Planning, service: str) -> Floats:
    """Return what one failure costs: its repair and the hours of those it leaves without."""
    hour_kzt = law.hours_off[service] * law.consumer_hour_kzt[service]
    return np.asarray(law.repair_kzt[service] + consumers_off * hour_kzt)


def needs_in(network: Network, on: date) -> Needs:
    """Return the figures of every living section of the network."""
    law = planning(on=on)
    sections = list(sections_of(network).order_by("code"))
    since = on - timedelta(days=round(law.failure_history_years * DAYS_A_YEAR))
    rows = (
        Failure.objects.filter(section__network=network, at__date__gt=since, at__date__lte=on)
        .values("section")
        .annotate(n=Count("pk"), off=Avg("consumers_off"))
        .order_by()
    )
    known = {row["section"]: (row["n"], row["off"]) for row in rows}
    service = network.utility_service.service
    found = [known.get(section.pk, (0, 0.0)) for section in sections]
    counted = np.array([n for n, _off in found], dtype=np.int64)
    off = consumers_hit(
        np.array([float(o) for _n, o in found]),
        [section.pk for section in sections],
        law.consumers_off[service],
    )
    wears = np.array([wear_share(section, on) for section in sections])
    length_km = np.array([section.length_m for section in sections]) / 1_000
    old, new = expected_per_year(wears, length_km, counted, law=law, service=service)
    foretold = failure_rates(sections, on)  # by the model that did best; else by wear
    old = np.where(foretold.known, foretold.expected, old)
    return Needs(
        sections=sections,
        wear=wears,
        past_norm=np.array(
            [s.past_norm_on is not None and s.past_norm_on <= on for s in sections], dtype=bool
        ),
        failures=counted,
        old_per_year=np.maximum(old, new),
        new_per_year=new,
        consequence_kzt=failure_cost_kzt(off, law=law, service=service),
    )


def in_need(needs: Needs, on: date) -> npt.NDArray[np.bool_]:
    """Tell which sections need renewal: past their norm, worn, or failing."""
    worn = needs.wear >= planning(on=on).need_wear_percent / 100
    free = np.array([s.state == "in_service" for s in needs.sections], dtype=bool)
    return free & (needs.past_norm | worn | (needs.failures > 0))
