"""A country of two utilities whose networks lie in one street, and its programme office."""

from dataclasses import dataclass, replace
from decimal import Decimal

from qaita.accounts.queries import actor_of
from qaita.kernel.actor import Actor
from qaita.planning.models import CountryRun
from qaita.planning.queries import CountryLimits
from qaita.planning.services import (
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from tests.accounts.make import make_organisation, make_person
from tests.planning.make import AT, YEARS, Scene, make_scene, make_street

MILLION = 1_000_000


@dataclass(frozen=True)
class Land:
    """What there is to plan, and who plans it."""

    water: Scene
    heat: Scene
    office: Actor


def make_land(sections: int = 12) -> Land:
    """Water and heat 8 m apart in one street."""
    return Land(
        make_scene("water", make_street(sections, lat=52.28)),
        make_scene("heat", make_street(sections, lat=52.28007)),
        make_office(),
    )


def make_office() -> Actor:
    return actor_of(
        make_person("programme_office", make_organisation("programme_office", "Office"))
    )


def make_limits_of_land(million: int = 2_000, **more: object) -> CountryLimits:
    money = {year: Decimal(million * MILLION) for year in YEARS}
    return replace(CountryLimits(YEARS, money), **more)


def make_country_run(
    land: Land, limits: CountryLimits | None = None, *, search: bool = False
) -> CountryRun:
    scenario = make_country_scenario(
        limits or make_limits_of_land(), title="Plan", by=land.office, at=AT
    )
    run = start_country_run(scenario, by=land.office, at=AT)
    return compute_country_run(run, by=land.office, at=AT, search=search)
