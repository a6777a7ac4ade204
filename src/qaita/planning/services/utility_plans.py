"""Forms packages, makes scenarios, runs and adopts plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from time import perf_counter

import numpy as np
from django.db import transaction
from django.db.models import Sum

from qaita.accounts.models import Organisation
from qaita.engine.plan import (
    check_plan,
    engine_version,
    find_clashes,
    present_benefit,
    solve_exactly,
)
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Text, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import from_million, tenge
from qaita.kernel.states import Ask
from qaita.law import planning, zones
from qaita.law.unit_prices import price_source
from qaita.ledger.services import move, record
from qaita.networks.models import Network, UtilityService
from qaita.networks.queries import sections_of
from qaita.planning.errors import FAR_YEARS, NO_YEARS, NOT_PLANNER, FaultyPlan, bad_number
from qaita.planning.inputs import Inputs, inputs_of, problem_of
from qaita.planning.models import Line, Need, Package, Run, Scenario
from qaita.planning.needs import Needs, in_need, needs_in
from qaita.planning.packing import gather
from qaita.planning.queries import cost_of_sections, runs_for
from qaita.planning.results import clash_rows, digest, lines_for, result_text
from qaita.planning.states import PLANNERS, RUN, SCENARIO

MOST_YEARS = 50
Through = Package.sections.through


@dataclass(frozen=True)
class Limits:
    """The limits of a scenario, by year."""

    budgets_kzt: Mapping[int, Decimal]
    capacities_km: Mapping[int, float] = field(default_factory=dict)
    floors_km: Mapping[int, float] = field(default_factory=dict)
    red_zone_share: float = 0.0
    carries_over: bool = True


def require_planner(action: str, utility: Organisation, by: Actor) -> None:
    """Raise Refused unless the actor plans for this utility."""
    own = Scope(utility.code)
    if by.has("system") or any(
        by.may(role, Scope() if role == "programme_office" else own) for role in PLANNERS
    ):
        return
    raise Refused(action, [NOT_PLANNER])


# ------------------------------------------------------------------ needs and packages


def form_packages(network: Network, *, by: Actor, at: datetime) -> list[Package]:
    """Find the needs of a network and gather its sections into packages anew."""
    require_planner("package.form", network.utility_service.organisation, by)
    on = day_of(at)
    law = planning(on=on)
    with transaction.atomic():
        # the second of two who form them at once starts from what the first has left
        Network.objects.select_for_update(of=("self",), no_key=True).get(pk=network.pk)
        needs = needs_in(network, on)
        wanted = in_need(needs, on)
        groups = gather(needs, wanted, min_m=law.package_min_m, max_m=law.package_max_m)
        red = in_red_zone(network.utility_service, on)
        packages = [_package(network, needs, group, on=on, red=red) for group in groups]
        _keep_needs(network, needs, np.flatnonzero(wanted).tolist(), on)
        kept = _keep_packages(network, packages, needs, groups)
        record(
            "network.pack",
            network.code,
            by=by,
            at=at,
            facts={
                "packages": len(kept),
                "sections_in_need": int(wanted.sum()),
                "length_m": round(sum(p.length_m for p in kept), 3),
                "cost_kzt": sum((p.cost_kzt for p in kept), Decimal(0)),
            },
        )
    return kept


def in_red_zone(utility_service: UtilityService, on: date) -> bool:
    """Tell whether so much of the service's length is past its norm that it is in the red zone."""
    rows = sections_of(utility_service)
    whole = rows.aggregate(m=Sum("length_m"))["m"] or 0.0
    past = rows.filter(past_norm_on__lte=on).aggregate(m=Sum("length_m"))["m"] or 0.0
    return bool(whole) and 100 * past / whole > zones(on=on).red_percent[utility_service.service]


def _keep_needs(network: Network, needs: Needs, wanted: Sequence[int], on: date) -> None:
    Need.objects.filter(section__network=network).delete()
    Need.objects.bulk_create(
        (
            Need(
                section=needs.sections[i],
                found_on=on,
                past_norm=bool(needs.past_norm[i]),
                condition=float(needs.wear[i]),
                failures_counted=int(needs.failures[i]),
                failures_per_year=float(needs.old_per_year[i]),
                failures_avoided_per_year=float(needs.old_per_year[i] - needs.new_per_year[i]),
                consequence_kzt=tenge(float(needs.consequence_kzt[i])),
                imputed=needs.sections[i].laid_imputed or needs.sections[i].material_imputed,
            )
            for i in wanted
        ),
        batch_size=1_000,
    )


def _package(network: Network, needs: Needs, group: list[int], *, on: date, red: bool) -> Package:
    law = planning(on=on)
    sections = [needs.sections[i] for i in group]
    length_m = np.array([section.length_m for section in sections])
    old, new = needs.old_per_year[group].sum(), needs.new_per_year[group].sum()
    weighted = (needs.old_per_year[group] * needs.consequence_kzt[group]).sum()
    consequence_kzt = weighted / max(old, 1e-12)
    benefit = present_benefit(
        np.array([old]),
        np.array([new]),
        np.array([consequence_kzt / 1e6]),
        growth_share=law.failure_growth_percent / 100,
        rates=(law.inflation_percent / 100, law.discount_percent / 100),
        years=(1, law.horizon_years),
    )
    imputed = np.array([s.laid_imputed or s.material_imputed for s in sections])
    return Package(
        code=derived_code("PK", network.code, *sorted(s.code for s in sections)),
        network=network,
        service=network.utility_service.service,
        formed_on=on,
        length_m=float(length_m.sum()),
        cost_kzt=cost_of_sections(sections, on=on),
        benefit_kzt=from_million(float(benefit[0, 0])),
        failures_per_year=float(old),
        failures_avoided_per_year=float(old - new),
        consequence_kzt=tenge(float(consequence_kzt)),
        past_norm_share=float((length_m * needs.past_norm[group]).sum() / length_m.sum()),
        imputed_share=float((length_m * imputed).sum() / length_m.sum()),
        in_red_zone=red,
        price_source=price_source(on),
    )


FIGURES = [
    field.name
    for field in Package._meta.concrete_fields
    if field.name not in ("id", "code", "network", "service")
]


def _keep_packages(
    network: Network, packages: list[Package], needs: Needs, groups: list[list[int]]
) -> list[Package]:
    """Store the packages; one of the very same sections keeps its row and its code."""
    Package.objects.filter(network=network).update(is_current=False)
    Package.objects.bulk_create(
        packages,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=FIGURES,
    )
    keys = dict(Package.objects.filter(network=network).values_list("code", "pk"))
    for package in packages:
        package.pk = keys[package.code]
    Through.objects.filter(package__network=network, package__is_current=True).delete()
    Through.objects.bulk_create(
        (
            Through(package_id=package.pk, section_id=needs.sections[i].pk)
            for package, group in zip(packages, groups, strict=True)
            for i in group
        ),
        batch_size=2_000,
    )
    return packages


# ------------------------------------------------------------------ scenarios and runs


def make_scenario(
    utility: Organisation, limits: Limits, *, service: str, title: str, by: Actor, at: datetime
) -> Scenario:
    """Write down the limits under which a plan is sought."""
    require_planner("scenario.make", utility, by)
    _require_sound(limits)
    with transaction.atomic():
        scenario = Scenario.objects.create(
            code=derived_code("SN", utility.code, service, at, utility.scenarios.count()),
            utility=utility,
            service=service,
            title=title,
            budgets_kzt={str(y): str(tenge(v)) for y, v in sorted(limits.budgets_kzt.items())},
            capacities_km={str(y): float(v) for y, v in sorted(limits.capacities_km.items())},
            floors_km={str(y): float(v) for y, v in sorted(limits.floors_km.items())},
            red_zone_share=limits.red_zone_share,
            carries_over=limits.carries_over,
            made_by=by.code,
            made_at=at,
        )
        record(
            "scenario.make",
            scenario.code,
            by=by,
            at=at,
            facts={
                "utility": utility.code,
                "service": service,
                "budgets_kzt": scenario.budgets_kzt,
                "capacities_km": scenario.capacities_km,
                "floors_km": scenario.floors_km,
                "red_zone_share": limits.red_zone_share,
                "carries_over": limits.carries_over,
            },
        )
    return scenario


def _require_sound(limits: Limits) -> None:
    faults: dict[str, list[Text]] = {}
    if not limits.budgets_kzt:
        faults["budgets_kzt"] = [NO_YEARS]
    elif max(limits.budgets_kzt) - min(limits.budgets_kzt) >= MOST_YEARS:
        faults["budgets_kzt"] = [FAR_YEARS]
    for name in ("budgets_kzt", "capacities_km", "floors_km"):
        values = [float(value) for value in getattr(limits, name).values()]
        if not all(np.isfinite(value) and 0 <= value < 1e16 for value in values):
            faults[name] = [bad_number()]
    if not 0 <= limits.red_zone_share <= 1:
        faults["red_zone_share"] = [bad_number()]
    if faults:
        raise Wrong(faults)


def run_plan(scenario: Scenario, *, by: Actor, at: datetime) -> Run:
    """Compute the plan of a scenario and keep it with all that is needed to compute it again."""
    SCENARIO.check("run", Ask(scenario, by, at))
    inputs = inputs_of(scenario, on=day_of(at))
    started = perf_counter()
    plan = solve_exactly(inputs.problem)
    if plan is not None and (faults := check_plan(inputs.problem, plan)):
        raise FaultyPlan(faults)
    clashes = find_clashes(inputs.problem) if plan is None else []
    text = result_text(inputs, plan, clashes)
    with transaction.atomic():
        run = Run.objects.create(
            code=derived_code("RN", scenario.code, inputs.digest, at, scenario.runs.count()),
            scenario=scenario,
            inputs_digest=inputs.digest,
            inputs=inputs.text,
            engine_version=engine_version(),
            objective_kzt=from_million(plan.objective_mkzt) if plan else None,
            bound_kzt=from_million(plan.bound_mkzt) if plan else None,
            gap_share=plan.gap_share if plan else None,
            duration_seconds=perf_counter() - started,
            result=text,
            result_digest=digest(text),
            clashes=clash_rows(inputs, clashes),
            made_at=at,
        )
        if plan:
            Line.objects.bulk_create(lines_for(run, inputs, plan), batch_size=500)
        move(scenario, SCENARIO, "run", by=by, at=at, facts={"run": run.code})
        facts = _run_facts(run, inputs)
        move(run, RUN, "solve" if plan else "clash", by=by, at=at, facts=facts)
    return run


def _run_facts(run: Run, inputs: Inputs) -> dict[str, object]:
    return {
        "scenario": run.scenario.code,
        "packages": len(inputs.packages),
        "inputs_digest": run.inputs_digest,
        "result_digest": run.result_digest,
        "engine": run.engine_version,
        "objective_kzt": run.objective_kzt,
        "bound_kzt": run.bound_kzt,
    }


def adopt_run(run: Run, *, by: Actor, at: datetime) -> Run:
    """Make the run the plan in force; the one before it is superseded."""
    utility, service = run.scenario.utility, run.scenario.service
    with transaction.atomic():
        # one plan is in force: the plans of a utility are adopted one after another
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=utility.pk)
        RUN.check("adopt", Ask(run, by, at))
        for other in runs_for(utility).filter(scenario__service=service, state="adopted"):
            move(other, RUN, "supersede", by=by, at=at, facts={"by_run": run.code})
        move(run, RUN, "adopt", by=by, at=at, facts={"result_digest": run.result_digest})
    return run


def shelve_scenario(scenario: Scenario, *, by: Actor, at: datetime) -> Scenario:
    """Lay a scenario aside."""
    return move(scenario, SCENARIO, "shelve", by=by, at=at)


def compute_again(run: Run) -> bool:
    """Compute a run from its stored inputs alone; tell whether the very same bytes come out."""
    problem, years = problem_of(run.inputs)
    inputs = Inputs([], years, problem, run.inputs)
    plan = solve_exactly(problem)
    clashes = find_clashes(problem) if plan is None else []
    return inputs.digest == run.inputs_digest and result_text(inputs, plan, clashes) == run.result
