"""How worn a section is and what hangs on it: the same rows on its passport and on the desk."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from qaita.kernel.clock import DAYS_A_YEAR
from qaita.networks.geometry import unpack
from qaita.networks.models import LIVING, Section
from qaita.networks.queries import criticality_of, downstream_consumers, failure_forecast_of
from qaita.web.links import link


@dataclass(frozen=True)
class Age:
    """How old the section is against its norm life, in whole years."""

    years: float
    norm_years: float
    share: float
    is_past: bool

    @property
    def whole_years(self) -> int:
        """Years lived through, as people count them."""
        return int(self.years)


def age_of(section: Section, on: date) -> Age | None:
    """Return the age of a section, on the day or at its end."""
    if section.laid_on is None or not section.norm_life_years:
        return None
    until = min(section.valid_until or on, on)
    years = max((until - section.laid_on).days / DAYS_A_YEAR, 0.0)
    norm = section.norm_life_years
    return Age(years, norm, min(years / norm, 1.0), years >= norm)


def wear_of(found: Section, *, on: date) -> dict[str, Any]:
    """Return what `networks/_wear.html` shows of a section."""
    is_living = found.state in LIVING
    return {
        "age": age_of(found, on),
        "foretold": failure_forecast_of(found, on=on) if is_living else None,
        "cut": downstream_consumers(found, by_valves=False) if is_living else None,
        "carries": criticality_of(found) if is_living else None,
    }


def map_address(found: Section) -> str:
    """Return the address of the map at the section."""
    page = link("map")
    if not page:
        return ""
    lon, lat = unpack(found.geometry).mean(axis=0)
    return f"{page}?service={found.service}#at=15/{lat:.4f}/{lon:.4f}"
