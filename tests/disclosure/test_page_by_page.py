"""After every single verb the pages made anew alone are those a whole publishing would make."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from qaita.accounts.roles import ROLES
from qaita.accounts.services import NewOrganisation, make_demo_bin, register_organisation
from qaita.console.demonstration.beside import live_burst, meter_district
from qaita.console.demonstration.cast import Cast, gather_cast
from qaita.console.demonstration.planned import plan_utility
from qaita.console.demonstration.stories import chapters
from qaita.console.demonstration.story import Story, later
from qaita.disclosure.publishing import editions
from qaita.funding.models import Instrument
from qaita.funding.services import (
    Terms,
    commit_funding,
    plan_tranche,
    receive_tranche,
    withdraw_funding,
)
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.networks.models import EquipmentUnit, Failure, Section
from qaita.networks.services import (
    install_equipment,
    merge_sections,
    record_failures,
    record_inspection,
    record_repair,
    retire_sections,
    split_section,
)
from qaita.networks.services.records import FailureFacts, InspectionFacts
from qaita.procurement.models import Bid, Complaint, Contract
from qaita.procurement.services import (
    agree_amendment,
    ask_question,
    debar_supplier,
    declare_affiliation,
    propose_amendment,
    resolve_complaint,
    withdraw_bid,
    withdraw_question,
)
from qaita.programme.services import revise_estimate
from qaita.turmys.services import Noticed, dismiss_incident, propose_incident
from qaita.works.models import AsBuilt
from qaita.works.services import (
    Batch,
    add_material,
    close_permit,
    judge_milestone,
    open_permit,
    plan_milestones,
)
from tests.disclosure.watching import Watcher, watch_every_verb
from tests.planning.make import Scene, make_scene, make_street

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
BEGAN = AT - timedelta(days=300)
ANYBODY = Actor("PN-ANYBODY", frozenset(Grant(role) for role in ROLES))


@pytest.fixture
def watcher(tmp_path, monkeypatch) -> Watcher:
    """Every verb is looked after from now on."""
    monkeypatch.setattr(editions, "BROTLI_QUALITY", 0)
    watcher = Watcher(tmp_path / "page-by-page", AT)
    watch_every_verb(watcher, monkeypatch)
    return watcher


@pytest.fixture
def ground(watcher) -> tuple[Scene, Cast]:
    """A street of twelve sections and everybody who acts along it."""
    with watcher.resting():
        scene = make_scene(parsed=make_street())
        return scene, gather_cast([scene.utility], BEGAN)


def sections_of(scene: Scene) -> list[Section]:
    rows = scene.network.sections.filter(state="in_service").order_by("pk")
    return list(
        rows.select_related(
            "network__region", "network__settlement", "network__utility_service__organisation"
        )
    )


def on_money(story: Story, at: datetime) -> None:
    loan = Instrument.objects.get(project=story.project, kind="loan")
    tranche = plan_tranche(
        loan, amount_kzt=Decimal(1000), planned_on=date(2026, 9, 1), by=ANYBODY, at=at
    )
    receive_tranche(tranche, by=ANYBODY, at=at)
    own = Instrument.objects.get(project=story.project, kind="own")
    withdraw_funding(own, by=ANYBODY, at=at)
    commit_funding(story.project, Terms("budget", own.amount_kzt), by=ANYBODY, at=at)


def on_bids(story: Story, at: datetime) -> None:
    last = Bid.objects.filter(tender=story.tender).last()
    withdraw_bid(last, by=ANYBODY, at=at)


def on_announced(story: Story, at: datetime) -> None:
    asker = story.cast.suppliers[0]
    question = ask_question(
        story.tender, text="Қайда? / Где?", asker=asker.organisation, by=asker.actor, at=at
    )
    withdraw_question(question, by=asker.actor, at=at)


def on_complaint(story: Story, at: datetime) -> None:
    complaint = Complaint.objects.get(tender=story.tender)
    resolve_complaint(complaint, upheld=True, decision="Расталды.", by=ANYBODY, at=at)


def on_site(story: Story, at: datetime) -> None:
    on, site = day_of(at), story.site
    points = [(("Бастау", "Начало", "Start"), on)]
    milestone = plan_milestones(site, points, by=ANYBODY, at=at)[0]
    judge_milestone(milestone, "miss", remarks="Жауын. / Дожди.", by=ANYBODY, at=at)
    permit = open_permit(
        site, number="1", issued_on=on, until_on=on + timedelta(days=9), by=ANYBODY, at=at
    )
    close_permit(permit, by=ANYBODY, at=at)
    change = (Decimal(-1000), None)
    amendment = propose_amendment(
        story.contract, ground="design_change", reason="Арзан. / Дешевле.", change=change,
        by=ANYBODY, at=at,
    )  # fmt: skip
    agree_amendment(amendment, by=ANYBODY, at=at)
    cost_kzt = story.project.cost_kzt - 1000
    revise_estimate(story.project, cost_kzt=cost_kzt, reason="Арзан.", by=ANYBODY, at=at)


def on_accepted(story: Story, at: datetime) -> None:
    line = AsBuilt.objects.filter(site=story.site).first()
    add_material(line, Batch("B-1", "C-1"), by=ANYBODY, at=at)
    network = story.sections[0].network
    elsewhere = network.sections.filter(state="in_service", born_of="").last()
    record_failures([FailureFacts(elsewhere, at - timedelta(days=200))], by=ANYBODY, at=at)
    laid = list(Section.objects.filter(born_of=story.project.code))
    broke = [FailureFacts(one, at + timedelta(days=1)) for one in (*story.sections[:1], *laid)]
    record_failures(broke, by=ANYBODY, at=at + timedelta(days=2))
    record_repair(Failure.objects.last().code, by=ANYBODY, at=at + timedelta(days=3))


MEANWHILE = {
    "money": on_money,
    "announced": on_announced,
    "bids": on_bids,
    "complaint": on_complaint,
    "site": on_site,
    "accepted": on_accepted,
}


def tell(story: Story) -> None:
    """Tell a story, and after each chapter what else may happen then."""
    told = 0
    for _at in chapters(story):
        told = _hear(story, told)
    _hear(story, told)


def _hear(story: Story, told: int) -> int:
    for chapter, at in story.told[told:]:
        MEANWHILE.get(chapter, lambda *_: None)(story, at)
    return len(story.told)


def test_no_page_or_file_forgets_what_it_tells(watcher, ground):
    scene, cast = ground
    plan_utility(scene.network, cast, at=BEGAN)
    rows, begins_at = sections_of(scene), later(BEGAN, 3)
    told = [
        ("done", "", rows[:2]),
        ("choosing_contractor", "complaint", rows[2:4]),
        ("submitted", "return", rows[4:6]),
    ]
    for number, (until, ending, sections) in enumerate(told):
        story = Story(cast, scene.utility, sections, until, begins_at, number, ending=ending)
        story.cuts_off = until == "done"
        tell(story)
    on_the_network(scene, rows, cast.people.of("dispatcher").person.code)
    on_the_registers(scene, cast)
    assert len(watcher.seen) > 70
    assert watcher.forgotten == {}


def on_the_network(scene: Scene, rows: list[Section], crew: str) -> None:
    record_inspection(InspectionFacts(rows[5], day_of(AT), 0.9), by=ANYBODY, at=AT)
    halves = split_section(rows[11], at_share=0.4, by=ANYBODY, at=AT)
    merge_sections(halves, by=ANYBODY, at=AT)
    retire_sections([rows[10]], by=ANYBODY, at=AT)
    pump = EquipmentUnit(network=scene.network, node=rows[0].from_node, kind="pump")
    install_equipment(pump, by=ANYBODY, at=AT)
    incident = propose_incident(Noticed(rows[6], "crew", AT), by=ANYBODY, at=AT)
    dismiss_incident(incident, by=ANYBODY, at=AT)
    live_burst(rows[5], crew, "pages", AT - timedelta(days=3))
    meter_district(scene.network, crew, "pages", np.random.default_rng(1), AT)


def on_the_registers(scene: Scene, cast: Cast) -> None:
    first, second = (side.organisation for side in cast.suppliers[:2])
    declare_affiliation(first, second, ground="Бір иесі бар.", by=ANYBODY, at=AT)
    broken = Contract.objects.filter(supplier=first)[0].code
    debar_supplier(first, ground=("Шартты бұзды.", broken), reason="1", by=ANYBODY, at=AT)
    new = NewOrganisation(
        make_demo_bin("late"), "utility", "Демо", "Демо", "Demo late", region=scene.region
    )
    register_organisation(new, by=ANYBODY, at=AT)
