"""A utility with a worn network, and people who plan for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from qaita.accounts.models import Organisation
from qaita.accounts.queries import actor_of
from qaita.accounts.services import issue_demonstration_certificate
from qaita.kernel.actor import SYSTEM, Actor
from qaita.networks.models import Network
from qaita.networks.parsed import ParsedNetwork, ParsedNode, ParsedSection
from qaita.networks.services import import_network, register_utility_service
from qaita.planning.models import Package, Run, Scenario
from qaita.planning.services import Limits, form_packages, make_scenario, run_plan
from qaita.territory.models import Region
from tests.accounts.make import make_organisation, make_person

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
YEARS = (2026, 2027, 2028)


@dataclass(frozen=True)
class Scene:
    """A utility, its network and its people."""

    utility: Organisation
    region: Region
    network: Network
    engineer: Actor
    head: Actor


def make_region(kato: str = "55") -> Region:
    names = {"name_kk": "Павлодар облысы", "name_ru": "Павлодарская область"}
    region, _ = Region.objects.get_or_create(
        kato=kato, defaults={"iso": f"KZ-{kato}", "name_en": "Pavlodar Region", **names}
    )
    return region


def make_signing(role: str, organisation: Organisation) -> Actor:
    """A person with a role and a key held here."""
    person = make_person(role, organisation)
    issue_demonstration_certificate(person, organisation, since=AT, by=SYSTEM, at=AT)
    return actor_of(person)


def make_street(sections: int = 12, laid: int = 1985, lat: float = 52.28) -> ParsedNetwork:
    """A source and a street behind it: sections of about 95 m, every third one younger."""
    step = 0.0014
    nodes = [
        ParsedNode(
            f"n{i}", 76.95 + i * step, lat, kind="junction" if i else "source", consumers=10, row=i
        )
        for i in range(sections + 1)
    ]
    rows = [
        ParsedSection(
            f"s{i}",
            f"n{i}",
            f"n{i + 1}",
            [(76.95 + i * step, lat), (76.95 + (i + 1) * step, lat)],
            material="steel",
            diameter_mm=150 if i % 2 else 300,
            laid_on=date(laid + (8 if i % 3 == 2 else 0), 7, 1),
            laid_precision="year",
            row=i + 1,
        )
        for i in range(sections)
    ]
    return ParsedNetwork(nodes, rows, file_sha256=f"{lat:.4f}".encode().hex().ljust(64, "0"))


def make_scene(service: str = "water", parsed: ParsedNetwork | None = None) -> Scene:
    region = make_region()
    utility = make_organisation("utility", f"Demo {service}", region)
    own = register_utility_service(utility, service=service, region=region, by=SYSTEM, at=AT)
    load = import_network(
        parsed or make_street(), utility_service=own, name="Street", by=SYSTEM, at=AT
    )
    assert load.network is not None
    return Scene(
        utility,
        region,
        load.network,
        actor_of(make_person("utility_engineer", utility)),
        make_signing("utility_head", utility),
    )


def make_packages(scene: Scene) -> list[Package]:
    return form_packages(scene.network, by=scene.engineer, at=AT)


def make_limits(million: int = 60, **more: object) -> Limits:
    return Limits(dict.fromkeys(YEARS, million * 1000000), **more)


def make_plan(scene: Scene, limits: Limits | None = None) -> tuple[Scenario, Run]:
    scenario = make_scenario(
        scene.utility,
        limits or make_limits(),
        service=scene.network.utility_service.service,
        title="Plan",
        by=scene.engineer,
        at=AT,
    )
    return scenario, run_plan(scenario, by=scene.engineer, at=AT)
