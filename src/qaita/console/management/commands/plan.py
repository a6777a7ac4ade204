"""`./qaita plan`: the plan of one utility from the command line, or an old run computed again."""

import json
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaita.accounts.queries import get_organisation
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import now
from qaita.kernel.errors import QaitaError
from qaita.networks.models import Network
from qaita.planning.models import Run
from qaita.planning.queries import clashes_of, get_run, packages_for
from qaita.planning.services import Limits, compute_again, form_packages, make_scenario, run_plan

OPERATOR = Actor("system", frozenset({Grant("system"), Grant("programme_office")}))
MILLION = 1_000_000


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


class Command(BaseCommand):
    """Plan."""

    help = "Compute a plan for one utility and service, or compute an old run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the utility and the limits."""
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
            if options["again"]:
                self._again(get_run(options["again"]))
            else:
                self._show(self._run(options), as_json=options["as_json"])
        except QaitaError as error:
            raise CommandError(str(error)) from None

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
