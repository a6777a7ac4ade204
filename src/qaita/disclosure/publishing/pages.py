"""The pages that are published, and the entries of the ledger each of them tells.

A page depends on kinds of entries (by how they begin) or on the codes of the things it shows.
Its own height is the place after the last such entry: when that moves, the page is made anew.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from qaita.accounts.models import Organisation
from qaita.funding.models import Instrument, Payment, Tranche
from qaita.planning.models import CountryRun, Run
from qaita.procurement.models import (
    Amendment,
    Award,
    Bid,
    Complaint,
    Contract,
    Question,
    Tender,
)
from qaita.procurement.queries import public_contracts
from qaita.programme.models import Project
from qaita.programme.queries import public_projects
from qaita.territory.models import Region
from qaita.works.models import (
    Act,
    AsBuilt,
    DayReport,
    DigPermit,
    Evidence,
    Measurement,
    Milestone,
    Site,
    SiteCheck,
)

EVERYTHING = ("",)
GROUND = ("section.", "network.", "import.", "utility_service.", "organisation.", "failure.")
MONEY = ("instrument.", "tranche.", "payment.", "tariff.")
BUYING = ("tender.", "bid.", "award.", "contract.", "amendment.", "complaint.", "question.")
PLACE = (*GROUND, "project.", "act.", "target.", "incident.", "outage.", "inspection.")


@dataclass(frozen=True)
class Page:
    """One public page, its address after the language."""

    path: str
    kinds: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    # katos of regions, codes of utilities and networks: what happens there counts
    places: frozenset[str] = frozenset()


def public_pages() -> Iterator[Page]:
    """Return every page that is published, the most read first."""
    yield Page("", EVERYTHING)
    yield Page("programme/", EVERYTHING)
    yield Page("about/")
    yield Page("law/")
    yield Page("regions/", PLACE)
    for kato in Region.objects.order_by("kato").values_list("kato", flat=True):
        yield Page(f"regions/{kato}/", places=frozenset({kato}))
    yield Page("utilities/", PLACE)
    utilities = Organisation.objects.filter(kind="utility").order_by("code")
    for code in utilities.values_list("code", flat=True):
        yield Page(f"utilities/{code}/", places=frozenset({code}))
    yield Page("producers/", ("producer.", "product.", "organisation."))
    yield Page("projects/", ("project.",))
    yield Page("tenders/", ("tender.", "bid.", "project."))
    yield Page("contracts/", ("contract.", "amendment."))
    yield from _plans()
    yield from _stories()


def _plans() -> Iterator[Page]:
    """Runs of the plan: each depends on its scenario and on the projects it led to."""
    led: dict[str, set[str]] = defaultdict(set)
    for code, project in Project.objects.exclude(run_line=None).values_list(
        "run_line__run__code", "code"
    ):
        led[code].add(project)
    for code, scenario in Run.objects.order_by("code").values_list("code", "scenario__code"):
        yield Page(f"plans/{code}/", codes=frozenset({code, scenario, *led[code]}))
    yield Page("country-plan/", ("country_run.",))
    public = CountryRun.objects.filter(state__in=("adopted", "superseded")).order_by("code")
    for code in public.values_list("code", flat=True):
        yield Page(f"country-plan/{code}/", ("country_run.adopt",), frozenset({code}))


def _stories() -> Iterator[Page]:
    """Projects, tenders and contracts: each depends on everything its project brought about.

    A project shows the network around it, and its effect rests on the network's failures.
    """
    codes, networks = _codes_by_project(), _networks_by_project()
    for key, code in public_projects().order_by("code").values_list("pk", "code"):
        places = frozenset(networks[key])
        yield Page(f"projects/{code}/", codes=frozenset(codes[key]) | places, places=places)
    tenders = Tender.objects.exclude(state="draft").order_by("code")
    for project, code in tenders.values_list("project_id", "code"):
        yield Page(f"tenders/{code}/", codes=frozenset(codes[project]))
    contracts = public_contracts().order_by("code")
    for project, code in contracts.values_list("project_id", "code"):
        yield Page(f"contracts/{code}/", codes=frozenset(codes[project]))


def _codes_by_project() -> dict[int, set[str]]:
    """Return the codes of everything that hangs on each project."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = (
        Project.objects.values_list("pk", "code"),
        Project.objects.exclude(run_line=None).values_list("pk", "run_line__run__code"),
        Project.objects.values_list("pk", "sections__code"),
        Instrument.objects.values_list("project_id", "code"),
        Tranche.objects.values_list("instrument__project_id", "code"),
        Payment.objects.values_list("project_id", "code"),
        Tender.objects.values_list("project_id", "code"),
        Bid.objects.values_list("tender__project_id", "code"),
        Question.objects.values_list("tender__project_id", "code"),
        Award.objects.values_list("lot__tender__project_id", "code"),
        Complaint.objects.values_list("tender__project_id", "code"),
        Contract.objects.values_list("project_id", "code"),
        Amendment.objects.values_list("contract__project_id", "code"),
        Site.objects.values_list("project_id", "code"),
        Act.objects.values_list("site__project_id", "code"),
        AsBuilt.objects.values_list("site__project_id", "code"),
        SiteCheck.objects.values_list("as_built__site__project_id", "code"),
        DayReport.objects.values_list("site__project_id", "code"),
        DigPermit.objects.values_list("site__project_id", "code"),
        Measurement.objects.values_list("line__site__project_id", "code"),
        Milestone.objects.values_list("site__project_id", "code"),
        Evidence.objects.values_list("site__project_id", "code"),
    )
    for pairs in rows:
        for key, code in pairs:
            if code:
                found[key].add(code)
    return found


def _networks_by_project() -> dict[int, set[str]]:
    """Return the codes of the networks in which each project lies."""
    found: dict[int, set[str]] = defaultdict(set)
    pairs = Project.objects.values_list("pk", "sections__network__code").distinct().order_by()
    for key, code in pairs:
        if code:
            found[key].add(code)
    return found
