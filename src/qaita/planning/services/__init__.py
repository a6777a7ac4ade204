"""The verbs of planning: a utility's own plan, and the country's."""

from qaita.planning.services.country_plans import (
    adopt_country_run,
    cancel_country_run,
    compute_country_run,
    fail_country_run,
    forget_part_of_run,
    make_country_scenario,
    relax_country_scenario,
    shelve_country_scenario,
    start_country_run,
)
from qaita.planning.services.country_swaps import (
    SwapAsked,
    limits_broken,
    override_country_run,
)
from qaita.planning.services.utility_plans import (
    Limits,
    adopt_run,
    compute_again,
    form_packages,
    in_red_zone,
    make_scenario,
    require_planner,
    run_plan,
    shelve_scenario,
)

__all__ = [
    "Limits",
    "SwapAsked",
    "adopt_country_run",
    "adopt_run",
    "cancel_country_run",
    "compute_again",
    "compute_country_run",
    "fail_country_run",
    "forget_part_of_run",
    "form_packages",
    "in_red_zone",
    "limits_broken",
    "make_country_scenario",
    "make_scenario",
    "override_country_run",
    "relax_country_scenario",
    "require_planner",
    "run_plan",
    "shelve_country_scenario",
    "shelve_scenario",
    "start_country_run",
]
