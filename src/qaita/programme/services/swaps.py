"""Changes the country's plan by hand, as far as no live project holds what is changed."""

from collections.abc import Mapping
from datetime import datetime

from qaita.kernel.actor import Actor
from qaita.planning.models import CountryRun
from qaita.planning.services import SwapAsked, override_country_run
from qaita.programme.queries import held_packages


def swap_packages(
    run: CountryRun,
    wanted: Mapping[str, int],
    *,
    reason: str,
    seen: int | None,
    by: Actor,
    at: datetime,
) -> CountryRun:
    """Give packages of the country's plan other options; return the plan that follows.

    `wanted`: option by package; `seen`: how many ledger entries of the plan the page knew of.
    """
    asked = SwapAsked(wanted, reason, seen, held_packages(run, wanted))
    return override_country_run(run, asked, by=by, at=at)
