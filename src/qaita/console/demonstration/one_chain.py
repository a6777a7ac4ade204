"""One network file through the whole chain: what `./qaita chain` tells."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from qaita.accounts.models import Organisation
from qaita.accounts.services import NewOrganisation, make_demo_bin, register_organisation
from qaita.console.demonstration.beside import Burst, Metered, live_burst, meter_district
from qaita.console.demonstration.cast import (
    Cast,
    gather_cast,
    join_utility,
    recall_cast,
)
from qaita.console.demonstration.country import load_basis, write_sign_ins
from qaita.console.demonstration.grounds import aged, drawn_failures, is_peopled, peopled
from qaita.console.demonstration.planned import Offer, chosen_projects, run_for
from qaita.console.demonstration.stories import tell_stories
from qaita.console.demonstration.story import Story, later
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Fault
from qaita.kernel.ids import derived_code
from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.reading import read_network_file
from qaita.networks.models import Import, Network, Section
from qaita.networks.parsed import ParsedNetwork
from qaita.networks.queries import consumers_behind
from qaita.networks.services import import_network, refresh_condition, register_utility_service
from qaita.planning.models import Package, Run
from qaita.planning.services import form_packages
from qaita.territory.models import Region, Settlement

Tell = Callable[..., None]
DAYS_BACK = 420
STORY_DAYS = 170
DAYS_SINCE_BURST = 21


class Unreadable(Exception):
    """The file has faults; nothing was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(len(faults))


@dataclass
class Walk:
    """What the walk has made so far."""

    at: datetime
    seed: int
    parsed: ParsedNetwork
    service: str
    generated: list[str] = field(default_factory=list)
    cast: Cast = field(init=False)
    utility: Organisation = field(init=False)
    network: Network = field(init=False)
    run: Run = field(init=False)
    packages: list[Package] = field(default_factory=list)
    story: Story = field(init=False)
    burst: Burst | None = None
    metered: Metered = field(init=False)
    born: Section | None = None  # the first of the new sections


def read_for_walk(path: Path, *, seed: int, at: datetime) -> Walk:
    """Read the file; what it does not tell of age and failures is generated and named so."""
    service = "heat" if path.suffix.lower() == ".json" else "water"
    options = ReadOptions(at=(76.97, 52.3), on=day_of(at))
    read = read_network_file(path, service=service, options=options)
    if not isinstance(read, ParsedNetwork):
        raise Unreadable(read)
    walk = Walk(datetime.combine(day_of(at), time(4), UTC), seed, read, service)
    rng = np.random.default_rng(seed)
    if all(row.laid_on is None for row in read.sections):
        read.sections = aged(read.sections, service, rng)
        walk.generated.append("ages and materials")
    if not is_peopled(read.nodes):
        read.nodes = peopled(read.nodes, read.sections, rng)
        walk.generated.append("consumers")
    if not read.failures:
        read.failures = drawn_failures(read.sections, service, day_of(at), rng)
        walk.generated.append("failures")
    return walk


def people_of(walk: Walk, path: Path) -> None:
    """Find or make the people, and found the utility that owns this network."""
    if not Region.objects.exists():
        load_basis(lambda _said: None, at=walk.at)
    folder = Path(settings.DATA_DIR) / "demo"
    at = walk.at - timedelta(days=DAYS_BACK)
    region = Region.objects.get(kato="55")
    times = Import.objects.filter(file_name=path.name).count()
    key = (path.name, walk.seed, times)
    facts = NewOrganisation(
        bin=make_demo_bin(f"chain {key}"),
        kind="utility",
        name_kk=f"Демо кәсіпорын, {path.stem}",
        name_ru=f"Демо предприятие, {path.stem}",
        name_en=f"Demo Utility, {path.stem}",
        region=region,
        is_demonstration=True,
        code=derived_code("OR", "chain", *key),
    )
    walk.utility = register_organisation(facts, by=SYSTEM, at=at)
    cast = recall_cast(folder)
    if cast is None:
        cast = gather_cast([walk.utility], at)
        write_sign_ins(cast, folder)
    else:
        join_utility(cast, walk.utility, f"chain-{walk.utility.code[3:].lower()}", at)
    walk.cast = cast


def store_network(walk: Walk, path: Path) -> None:
    """Store the network as the utility's."""
    at = walk.at - timedelta(days=DAYS_BACK - 1)
    region = Region.objects.get(kato="55")
    own = register_utility_service(
        walk.utility, service=walk.service, region=region, by=SYSTEM, at=at
    )
    town = Settlement.objects.filter(region=region).order_by("-population").first()
    walk.parsed.settlement = town
    # Failures of the file may be newer than the day on which the walk begins.
    loaded = import_network(walk.parsed, utility_service=own, name=path.stem, by=SYSTEM, at=walk.at)
    walk.network = Network.objects.get(imports=loaded)
    refresh_condition(walk.network, on=day_of(walk.at), by=SYSTEM, at=walk.at)


def plan_for(walk: Walk) -> list[Offer]:
    """Gather needs into packages and let the exact solver choose."""
    at = walk.at - timedelta(days=DAYS_BACK - 3)
    walk.packages = form_packages(walk.network, by=SYSTEM, at=at)
    if not walk.packages:
        return []
    walk.run = run_for(walk.network, walk.packages, walk.cast, at=at)
    return chosen_projects(walk.run) if walk.run.state == "adopted" else []


def live_through(walk: Walk, offers: list[Offer]) -> Section | None:
    """Take the best project through application, money, tender, works and acceptance.

    Before it, the section with most people behind it bursts: they call, are cut off, and get
    their answers.
    """
    sections, line = offers[0]
    begins_at = later(walk.at - timedelta(days=int(STORY_DAYS * 1.5)), 0)
    crew, key = _crew(walk), walk.network.code
    behind = consumers_behind(walk.network)
    worst = max(sections, key=lambda section: behind.get(section.pk, 0))
    walk.burst = live_burst(worst, crew, key, begins_at - timedelta(days=DAYS_SINCE_BURST))
    walk.story = Story(
        walk.cast,
        walk.utility,
        sections,
        "done",
        begins_at,
        walk.seed,
        line=line,
        cuts_off=True,
    )
    tell_stories([walk.story], until=walk.at)
    return Section.objects.filter(born_of=walk.story.project.code).order_by("pk").first()


def _crew(walk: Walk) -> str:
    """Return the code of the dispatcher who acts in this utility too."""
    return walk.cast.people.of("dispatcher").person.code


def measure_use(walk: Walk) -> None:
    """Open a metering district, take two months of readings, balance it."""
    rng = np.random.default_rng(walk.seed)
    walk.metered = meter_district(walk.network, _crew(walk), walk.network.code, rng, walk.at)


def walk_all(path: Path, *, seed: int, at: datetime) -> Walk:
    """Walk the whole chain, all of it or nothing."""
    walk = read_for_walk(path, seed=seed, at=at)
    with transaction.atomic():
        people_of(walk, path)
        store_network(walk, path)
        offers = plan_for(walk)
        walk.born = live_through(walk, offers) if offers else None
        measure_use(walk)
        refresh_condition(walk.network, on=day_of(walk.at), by=SYSTEM, at=walk.at)
    return walk
