"""The plan of the whole demonstration country, by the law and the programme's targets."""

from dataclasses import replace
from datetime import datetime

from qaita.console.demonstration.cast import Cast
from qaita.funding.queries import tariff_headroom
from qaita.kernel.clock import day_of
from qaita.planning.models import CountryRun
from qaita.planning.queries import limits_from_law
from qaita.planning.services import (
    adopt_country_run,
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from qaita.programme.queries import promised


def plan_nation(cast: Cast, *, at: datetime, room: int = 1) -> CountryRun:
    """Plan the coming years and adopt what was found; `room` multiplies the money of the law."""
    on, office = day_of(at), cast.signer("programme_office")
    tariffs = tariff_headroom(on=on, first_year=on.year + 1)
    limits = limits_from_law(promised(), on=on, first_year=on.year + 1, tariffs=tariffs)
    limits = replace(
        limits,
        budgets_kzt={year: money * room for year, money in limits.budgets_kzt.items()},
        caps_kzt={
            utility: {year: money * room for year, money in row.items()}
            for utility, row in limits.caps_kzt.items()
        },
    )
    title = f"{limits.years[0]}–{limits.years[-1]}"
    scenario = make_country_scenario(limits, title=title, by=office, at=at)
    run = start_country_run(scenario, by=office, at=at)
    compute_country_run(run, by=office, at=at)
    return adopt_country_run(run, by=office, at=at) if run.state == "made" else run
