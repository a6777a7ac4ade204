"""Sites for tests: the rooms before works give what their own tests prove, the rest is real."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from qaita.accounts.models import Organisation, Person
from qaita.accounts.queries import actor_of
from qaita.accounts.services import issue_demonstration_certificate
from qaita.funding.models import Instrument
from qaita.kernel.actor import SYSTEM, Actor
from qaita.networks.geometry import unpack
from qaita.networks.models import Network, Section
from qaita.networks.services import import_network
from qaita.procurement.models import Award, Bid, Contract, Lot, Tender
from qaita.programme.models import Project
from qaita.works.models import Act, AsBuilt, Evidence, Site
from qaita.works.reading import LaidLine
from qaita.works.services import (
    BillLine,
    Pipe,
    Readings,
    SitePlan,
    Snapshot,
    draft_act,
    open_site,
    record_as_built,
    record_check,
    record_evidence,
    send_act,
    sign_act,
    start_site,
)
from tests.accounts.make import make_organisation, make_person
from tests.networks.make import AT as IMPORTED
from tests.networks.make import make_engineer, make_network, make_parsed
from tests.works.scenes import jpeg, scene

SIGNED = datetime(2026, 4, 1, 5, tzinfo=UTC)
STARTED = datetime(2026, 4, 20, 5, tzinfo=UTC)
LAID = datetime(2026, 5, 10, 5, tzinfo=UTC)
ENDS = date(2026, 8, 1)
CERTIFIED = datetime(2026, 1, 10, 5, tzinfo=UTC)


@dataclass(frozen=True)
class People:
    """Who stands on which side."""

    head: Actor
    engineer: Actor
    supplier: Actor
    supervisor: Actor
    nobody: Actor
    persons: dict[str, Person]


@dataclass(frozen=True)
class Ground:
    """A network, a project ready to start, a signed contract and the people."""

    network: Network
    project: Project
    contract: Contract
    supervision: Organisation
    people: People


def make_ground(sections: int = 2, service: str = "water") -> Ground:
    network = make_network(sections, service)
    utility = network.utility_service.organisation
    Organisation.objects.filter(pk=utility.pk).update(is_demonstration=True)
    utility.refresh_from_db()
    supplier = make_organisation("supplier", "Demo Builders")
    supervision = make_organisation("supervision", "Demo Supervision")
    project = _project(network, utility)
    contract = _contract(project, supplier)
    return Ground(network, project, contract, supervision, _people(utility, supplier, supervision))


def make_neighbour(ground: Ground) -> Ground:
    """A further network of the same utility, with a project and a contract of the same people."""
    owner = ground.network.utility_service
    parsed = make_parsed(2, file_sha256=f"{owner.networks.count():064x}")
    engineer = make_engineer(owner)
    load = import_network(parsed, utility_service=owner, name="Next", by=engineer, at=IMPORTED)
    assert load.network is not None
    network = load.network
    project = _project(network, ground.project.utility)
    contract = _contract(project, ground.contract.supplier)
    return Ground(network, project, contract, ground.supervision, ground.people)


def _people(utility: Organisation, supplier: Organisation, supervision: Organisation) -> People:
    sides = {
        "utility_head": utility,
        "utility_engineer": utility,
        "supplier": supplier,
        "supervisor": supervision,
    }
    persons = {role: make_person(role, organisation) for role, organisation in sides.items()}
    for role, organisation in sides.items():
        issue_demonstration_certificate(
            persons[role], organisation, since=CERTIFIED, by=SYSTEM, at=CERTIFIED
        )
    persons["nobody"] = make_person()
    actors = {role: actor_of(person) for role, person in persons.items()}
    return People(
        actors["utility_head"],
        actors["utility_engineer"],
        actors["supplier"],
        actors["supervisor"],
        actors["nobody"],
        persons,
    )


def _project(network: Network, utility: Organisation) -> Project:
    sections = list(network.sections.all())
    project = Project.objects.create(
        utility=utility,
        service=network.utility_service.service,
        region=network.region,
        title_kk="Су құбырын жаңарту",
        title_ru="Обновление водопровода",
        title_en="Renewal of the water main",
        state="ready",
        cost_kzt=Decimal(20_000_000),
        committed_kzt=Decimal(20_000_000),
        length_planned_m=sum(section.length_m for section in sections),
        year=2026,
        law_on=SIGNED.date(),
        drafted_at=SIGNED - timedelta(days=200),
    )
    project.sections.set(sections)
    Instrument.objects.create(
        project=project,
        kind="loan",
        state="committed",
        amount_kzt=Decimal(20_000_000),
        made_at=SIGNED - timedelta(days=60),
    )
    return project


def make_contract(ground: Ground) -> Contract:
    """Sign one more contract of the project, with the same supplier."""
    return _contract(ground.project, ground.contract.supplier, number=2)


def _contract(project: Project, supplier: Organisation, number: int = 1) -> Contract:
    names = {f"title_{code}": "Lot" for code in ("kk", "ru", "en")}
    tender = Tender.objects.create(
        project=project,
        buyer=project.utility,
        state="concluded",
        law_on=SIGNED.date(),
        drafted_at=SIGNED - timedelta(days=50),
        announced_at=SIGNED - timedelta(days=45),
        closes_at=SIGNED - timedelta(days=20),
        opened_at=SIGNED - timedelta(days=15),
        **names,
    )
    metres = Decimal(str(round(project.length_planned_m, 3)))
    lot = Lot.objects.create(
        tender=tender,
        number=1,
        category="works",
        ens_tru="422122.335.000000",
        quantity=metres,
        unit="m",
        estimate_kzt=Decimal(20_000_000),
        **names,
    )
    price = Decimal(18_000_000)
    bid = Bid.objects.create(
        tender=tender,
        lot=lot,
        supplier=supplier,
        state="opened",
        envelope=b"sealed",
        envelope_sha256=f"{project.code} {number}",
        received_at=SIGNED - timedelta(days=25),
        price_kzt=price,
        conditional_kzt=price,
        rank=1,
    )
    award = Award.objects.create(
        lot=lot,
        bid=bid,
        state="signed",
        sum_kzt=price,
        awarded_at=SIGNED - timedelta(days=10),
        standstill_until_on=SIGNED.date(),
    )
    return Contract.objects.create(
        tender=tender,
        lot=lot,
        award=award,
        project=project,
        buyer=project.utility,
        supplier=supplier,
        state="signed",
        sum_kzt=price,
        original_sum_kzt=price,
        quantity=metres,
        unit="m",
        drafted_at=SIGNED,
        signed_at=SIGNED,
        starts_on=STARTED.date(),
        ends_on=ENDS,
    )


def make_site(ground: Ground, *, running: bool = True, **plan: object) -> Site:
    chosen = SitePlan(supervision=ground.supervision, **plan)
    site = open_site(ground.contract, chosen, by=ground.people.supplier, at=SIGNED)
    return start_site(site, by=ground.people.supplier, at=STARTED) if running else site


def make_bill(ground: Ground) -> list[BillLine]:
    metres = ground.contract.quantity
    return [
        BillLine(("Төсеу", "Укладка", "Laying"), "m", metres, metres, Decimal(50_000), "length"),
        BillLine(("Құдық", "Колодец", "Manhole"), "pcs", Decimal(6), Decimal(5), Decimal(200_000)),
    ]


def design_line(sections: list[Section]) -> np.ndarray:
    """The sections of a street one after another."""
    parts = [unpack(section.geometry) for section in sections]
    return np.vstack([parts[0], *[part[1:] for part in parts[1:]]])


def make_line(
    ground: Ground,
    site: Site,
    *,
    north_m: float = 0.0,
    sections: list[Section] | None = None,
    **pipe: object,
) -> AsBuilt:
    """Record the design line, moved north by so many metres."""
    chosen = sections or list(site.sections.order_by("pk"))
    coords = design_line(chosen) + np.array([0.0, north_m / 111_320.0])
    values = {"material": "pe", "laid_on": LAID.date(), "diameter_mm": 150.0, **pipe}
    if site.service == "power":
        values.pop("diameter_mm")
    laid = LaidLine(coords, "geojson", "cd" * 32)
    return record_as_built(site, chosen, laid, Pipe(**values), by=ground.people.supplier, at=LAID)


def pass_checks(ground: Ground, line: AsBuilt) -> None:
    readings = [
        Readings("hidden_works", LAID.date()),
        Readings("disinfection", LAID.date()),
        Readings("pressure_test", LAID.date(), 600.0, 900.0, 5.0, 30.0),
    ]
    for one in readings:
        record_check(line, one, by=ground.people.supervisor, at=LAID)


def make_picture(
    ground: Ground,
    site: Site,
    stage: str = "during",
    *,
    number: int = 0,
    aside_deg: float = 0.0,
    taken: str = "2026:05:10 09:00:00",
) -> Evidence:
    lon, lat = design_line(list(site.sections.order_by("pk")))[0]
    data = jpeg(scene(number), lon_deg=float(lon), lat_deg=float(lat) + aside_deg, taken=taken)
    return record_evidence(site, Snapshot(data, stage), by=ground.people.supplier, at=LAID)


def make_pictures(ground: Ground, site: Site) -> list[Evidence]:
    return [
        make_picture(ground, site, stage, number=number)
        for number, stage in enumerate(("before", "during", "after"), Evidence.objects.count())
    ]


def make_act(ground: Ground, site: Site, *, send: bool = True) -> Act:
    act = draft_act(site, by=ground.people.supplier, at=LAID)
    return send_act(act, by=ground.people.supplier, at=LAID) if send else act


def sign_all(ground: Ground, act: Act, at: datetime = LAID) -> Act:
    people = ground.people
    for role, actor in (
        ("supplier", people.supplier),
        ("supervisor", people.supervisor),
        ("utility_head", people.head),
    ):
        sign_act(act, role, by=actor, at=at)
    return act


def make_accepted(ground: Ground) -> Act:
    """Take a site all the way to an accepted act."""
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    return sign_all(ground, make_act(ground, site))
