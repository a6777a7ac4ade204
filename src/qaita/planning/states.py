"""The lives of scenarios and of runs, a utility's and the country's."""

# ruff: noqa: E501  # a table reads by its columns

from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.planning.errors import NO_BUDGET, NO_PACKAGES, OLD_PACKAGES
from qaita.planning.models import CountryRun, CountryScenario, Line, Run, Scenario
from qaita.planning.queries import packages_for


def has_budget(ask: Ask[Scenario]) -> Reason | None:
    """Refuse a scenario without money."""
    return None if any(float(v) > 0 for v in ask.subject.budgets_kzt.values()) else NO_BUDGET


def has_packages(ask: Ask[Scenario]) -> Reason | None:
    """Refuse a scenario with nothing to choose from."""
    return None if packages_for(ask.subject.utility, ask.subject.service).exists() else NO_PACKAGES


def packages_stand(ask: Ask[Run]) -> Reason | None:
    """Refuse a run whose packages have been formed anew since."""
    old = Line.objects.filter(run=ask.subject, package__is_current=False).exists()
    return OLD_PACKAGES if old else None


def has_country_money(ask: Ask[CountryScenario]) -> Reason | None:
    """Refuse a country's scenario without money."""
    budgets = ask.subject.limits.get("budgets_kzt", {})
    return None if any(float(value) > 0 for value in budgets.values()) else NO_BUDGET


# fmt: off
PLANNERS = ("utility_engineer", "utility_head", "programme_office")
SCENARIO: StateTable[Scenario] = StateTable("scenario", initial="draft", rows=[
    #   action    from                to         by         only when
    Row("run",    ("draft", "run"),   "run",     PLANNERS,  (has_budget, has_packages)),
    Row("shelve", ("draft", "run"),   "shelved", PLANNERS),
])
RUN: StateTable[Run] = StateTable("run", initial="made", rows=[
    #   action       from           to            by                                   only when
    Row("solve",     ("made",),     "solved",     PLANNERS),
    Row("clash",     ("made",),     "infeasible", PLANNERS),
    Row("adopt",     ("solved",),   "adopted",    ("programme_office", "utility_head"), (packages_stand,)),
    Row("supersede", ("adopted",),  "superseded", ("programme_office", "utility_head")),
])
COUNTRY_SCENARIO: StateTable[CountryScenario] = StateTable("country_scenario", initial="draft", rows=[
    #   action    from                to         by                       only when
    Row("run",    ("draft", "run"),   "run",     ("programme_office",),   (has_country_money,)),
    Row("shelve", ("draft", "run"),   "shelved", ("programme_office",)),
])
COUNTRY_RUN: StateTable[CountryRun] = StateTable("country_run", initial="queued", rows=[
    #   action       from                   to            by
    Row("begin",     ("queued", "running"), "running",    ("programme_office", "system")),
    Row("solve",     ("running",),          "made",       ("programme_office", "system")),
    Row("clash",     ("running",),          "infeasible", ("programme_office", "system")),
    Row("cancel",    ("queued", "running"), "cancelled",  ("programme_office", "system")),
    Row("fail",      ("queued", "running"), "failed",     ("programme_office", "system")),
    Row("adopt",     ("made",),             "adopted",    ("programme_office",)),
    Row("supersede", ("adopted",),          "superseded", ("programme_office",)),
    # an official swaps packages by hand: another run follows, and a plan in force gives way to it
    Row("override",  ("made",),             "made",       ("programme_office",)),
    Row("override",  ("adopted",),          "superseded", ("programme_office",)),
    Row("follow",    ("queued",),           "made",       ("programme_office",)),
])
# fmt: on
