"""`./qaita plan`: the plan of the country or of one utility, or an old run computed again."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from qaita.accounts.queries import get_organisation
from qaita.console.check_plan import check
from qaita.funding.queries import tariff_headroom
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import QaitaError, Wrong, sentences_of
from qaita.networks.models import Network
from qaita.planning.errors import OTHER_AGE
from qaita.planning.models import CountryRun, CountryScenario, Run
from qaita.planning.queries import (
    RunWords,
    clashes_of,
    folder_of,
    get_country_scenario,
    get_run,
    limits_from_law,
    packages_for,
    plan_sums,
)
from qaita.planning.services import (
    Limits,
    adopt_country_run,
    cancel_country_run,
    compute_again,
    compute_country_run,
    fail_country_run,
    form_packages,
    make_country_scenario,
    make_scenario,
    run_plan,
    shelve_country_scenario,
    start_country_run,
)
from qaita.programme.queries import promised

OPERATOR = Actor("system", frozenset({Grant("system"), Grant("programme_office")}))
MILLION = 1_000_000
YEARS_AHEAD = 50


def by_year(words: list[str]) -> dict[int, float]:
    """Read 2027=500 into a year and a figure."""
    found = {}
    for word in words:
        year, _sign, value = word.partition("=")
        try:
            found[int(year)] = float(value)
        except ValueError:
            raise CommandError(f"{word!r} is not YEAR=FIGURE, as in 2027=500") from None
    return found


class _Spent:
    """Says what is being done and what it has cost so far."""

    def __init__(self, write: Callable[[str], Any]) -> None:
        self.write, self.began = write, process_time()

    def told(self, share: float, stage: str) -> None:
        """Print one line: share, stage, CPU seconds."""
        self.write(f"{share:4.0%}  {stage:10} {process_time() - self.began:8.1f} CPU s")


def _scenario(options: dict[str, Any], at: datetime) -> CountryScenario:
    """Return the scenario that is named, or make one by the law and the programme's targets."""
    if options["scenario"]:
        return get_country_scenario(options["scenario"])
    now_year = day_of(at).year
    first = options["first_year"] or now_year + 1
    if not now_year - 1 <= first <= now_year + YEARS_AHEAD:
        raise Wrong({"years": [OTHER_AGE]})
    tariffs = tariff_headroom(on=day_of(at), first_year=first)
    limits = limits_from_law(promised(), on=day_of(at), first_year=first, tariffs=tariffs)
    return make_country_scenario(limits, title=options["title"], by=OPERATOR, at=at)


def _compute(run: CountryRun, spent: _Spent, at: datetime) -> None:
    """Compute a run; whatever stops it ends the run, and nothing of it is kept."""
    try:
        compute_country_run(run, by=OPERATOR, at=at, told=spent.told)
    except KeyboardInterrupt:
        cancel_country_run(run, by=OPERATOR, at=now())
        raise CommandError(f"{run.code} is stopped. Nothing of it is kept.") from None
    except BaseException as error:
        run.refresh_from_db()
        if run.state in ("queued", "running"):
            fail_country_run(run, why=type(error).__name__, by=OPERATOR, at=now())
        raise


def _country_facts(run: CountryRun) -> dict[str, Any]:
    return {
        "run": run.code,
        "state": run.state,
        "packages": run.package_count,
        "chosen": run.chosen_count,
        "value_kzt": str(run.value_kzt),
        "bound_kzt": str(run.bound_kzt),
        "gap_share": run.gap_share,
        "seconds": round(run.duration_seconds or 0.0, 3),
        "inputs_digest": run.inputs_digest,
        "result_digest": run.result_digest,
        "folder": str(folder_of(run)),
    }


class Command(BaseCommand):
    """Plan."""

    help = "Compute the plan of the country (run), of one utility, or an old run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the utility and the limits."""
        verbs = parser.add_subparsers(dest="verb")
        run = verbs.add_parser("run", help="plan the whole country by the law and its targets")
        run.add_argument("--scenario", default="", help="one that is there, by its code")
        run.add_argument("--title", default="By the law and the programme's targets")
        run.add_argument("--first-year", type=int, default=0, help="by default the next one")
        run.add_argument("--adopt", action="store_true", help="make it the plan in force")
        run.add_argument("--json", action="store_true", dest="as_json")
        shelve = verbs.add_parser("shelve", help="lay a scenario of the country aside")
        shelve.add_argument("scenario", help="its code")
        check = verbs.add_parser("check", help="check a published plan, with arithmetic alone")
        check.add_argument("folder", help="the folder of a run's files, or the code of a run")
        parser.add_argument("--again", metavar="RUN", help="compute a run from its stored inputs")
        parser.add_argument("--utility", default="", help="code of the utility")
        parser.add_argument("--service", default="water")
        parser.add_argument(
            "--budget", nargs="+", default=[], metavar="YEAR=M", help="million tenge"
        )
        parser.add_argument("--capacity", nargs="+", default=[], metavar="YEAR=KM")
        parser.add_argument("--floor", nargs="+", default=[], metavar="YEAR=KM")
        parser.add_argument("--red", type=float, default=0.0, help="least share, per cent")
        parser.add_argument("--title", default="From the command line")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Compute and print."""
        try:
            if options["verb"] == "run":
                self._country(options)
            elif options["verb"] == "shelve":
                scenario = get_country_scenario(options["scenario"])
                shelve_country_scenario(scenario, by=OPERATOR, at=now())
            elif options["verb"] == "check":
                self._check(Path(options["folder"]))
            elif options["again"]:
                self._again(get_run(options["again"]))
            else:
                self._show(self._run(options), as_json=options["as_json"])
        except QaitaError as error:
            raise CommandError(" ".join(sentences_of(error)) or str(error)) from None

    def _country(self, options: dict[str, Any]) -> None:
        at, spent = now(), _Spent(self.stderr.write)
        scenario = _scenario(options, at)
        run = start_country_run(scenario, by=OPERATOR, at=at)
        _compute(run, spent, at)
        if options["adopt"] and run.state == "made":
            adopt_country_run(run, by=OPERATOR, at=now())
        facts = _country_facts(run)
        if options["as_json"]:
            self.stdout.write(json.dumps(facts, indent=1, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(f"{key:16} {value}" for key, value in facts.items()))
            for one in plan_sums(run, ("service", "year")):
                service, year = one.names
                self.stdout.write(
                    f"  {service:12} {year}  {one.packages:8,} packages  "
                    f"{one.length_km or 0:12,.1f} km  {one.cost_mkzt:14,.0f} m tenge"
                )
        if run.state == "infeasible":
            told = "\n".join(RunWords(run, "en").broken())
            raise CommandError(f"No plan was found that keeps all limits together:\n{told}")

    def _check(self, folder: Path) -> None:
        kept = Path(settings.PLANS_DIR) / folder.name
        if not (folder / "run.json").exists() and (kept / "run.json").exists():
            folder = kept  # the code of a run of this very site
        if not (folder / "run.json").exists():
            raise CommandError(f"{folder} holds no run.json: name the folder of a run's files.")
        faults = check(folder)
        if faults:
            raise CommandError("\n".join(faults))
        facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.stdout.write("Everything fits: limits, worth, bound, gap and regrets.")
        self.stdout.write(facts["result_digest"])

    def _again(self, run: Run) -> None:
        if not compute_again(run):
            raise CommandError(f"{run.code}: other bytes came out. Is {run.engine_version} here?")
        self.stdout.write(f"{run.code}: the same bytes, {run.result_digest}")

    def _run(self, options: dict[str, Any]) -> Run:
        utility, at = get_organisation(options["utility"]), now()
        service = options["service"]
        if not packages_for(utility, service).exists():
            networks = Network.objects.filter(
                utility_service__organisation=utility, utility_service__service=service
            )
            for network in networks:
                form_packages(network, by=OPERATOR, at=at)
        budgets = {y: Decimal(str(v)) * MILLION for y, v in by_year(options["budget"]).items()}
        limits = Limits(
            budgets,
            by_year(options["capacity"]),
            by_year(options["floor"]),
            options["red"] / 100,
        )
        scenario = make_scenario(
            utility, limits, service=service, title=options["title"], by=OPERATOR, at=at
        )
        return run_plan(scenario, by=OPERATOR, at=at)

    def _show(self, run: Run, *, as_json: bool) -> None:
        facts = {
            "run": run.code,
            "state": run.state,
            "packages_chosen": run.lines.filter(option="replace").count(),
            "packages": run.lines.count(),
            "objective_kzt": str(run.objective_kzt),
            "bound_kzt": str(run.bound_kzt),
            "gap_share": run.gap_share,
            "seconds": round(run.duration_seconds, 3),
            "inputs_digest": run.inputs_digest,
            "result_digest": run.result_digest,
            "clashes": run.clashes,
            "page": f"/en/plans/{run.code}/",
        }
        if as_json:
            self.stdout.write(json.dumps(facts, indent=1))
        else:
            self.stdout.write("\n".join(f"{k:16} {v}" for k, v in facts.items() if k != "clashes"))
        if run.state == "infeasible":
            sentences = clashes_of(run, "en")
            raise CommandError("No plan keeps all limits together:\n" + "\n".join(sentences))
