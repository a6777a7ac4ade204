"""One real network file through the whole chain, and one metre of pipe traced both ways."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from qaita.appeals.models import Appeal
from qaita.console.demonstration.one_chain import Unreadable, read_for_walk, walk_all
from qaita.console.demonstration.telling import stages_of
from qaita.console.replaying import found_drifts
from qaita.disclosure.queries import trace_of
from qaita.funding.models import Payment
from qaita.kernel.clock import day_of
from qaita.ledger.queries import log_folder, replay, verify_folder
from qaita.ledger.services import publish_log
from qaita.networks.models import Section
from qaita.procurement.models import Bid
from qaita.works.queries import accepted_length
from tests.chain.planting import plants

NETWORKS = Path(__file__).resolve().parents[3] / "shared" / "data" / "networks"
STAGES = [
    "asset", "wear", "need", "plan", "application", "money", "tender", "works", "effect",
    "appeal", "outage", "outage", "readings", "publication",
]  # fmt: skip
LIVED = {"announced", "running", "restored"}
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)


def network_file(name: str) -> Path:
    if not (NETWORKS / name).exists():
        pytest.skip(f"{name} is not here: the tests read real networks from ../shared/data")
    return NETWORKS / name


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Net3.inp", "heat_sw.pandapipes.json"])
def test_a_real_network_walks_from_wear_to_a_paid_and_proven_metre(name, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    walk = walk_all(network_file(name), seed=1, at=AT)
    born = walk.born
    assert born is not None
    project = walk.story.project
    project.refresh_from_db()
    assert project.state == "done"
    old = list(walk.story.sections)
    assert {Section.objects.get(pk=one.pk).state for one in old} == {"replaced"}
    new = Section.objects.filter(born_of=project.code)
    assert accepted_length(walk.service, "55", 2026) == pytest.approx(
        sum(one.length_m for one in new), rel=1e-9
    )
    paid = sum((row.amount_kzt for row in Payment.objects.all()), Decimal(0))
    assert Decimal(0) < paid <= walk.story.contract.sum_kzt + 1
    opened = Bid.objects.filter(tender=walk.story.tender)
    assert all(bid.price_kzt for bid in opened) and opened.count() >= 3

    told = [stage for stage, _text, _page in stages_of(walk)]
    assert [stage for stage in told if stage] == STAGES
    assert set(walk.burst.outage.notices.values_list("outage_state", flat=True)) == LIVED
    assert set(walk.story.outage.notices.values_list("outage_state", flat=True)) == LIVED
    answered = [Appeal.objects.get(pk=one.pk) for one in walk.burst.appeals]
    assert all(
        one.state == "answered" and day_of(one.answered_at) <= one.due_on for one in answered
    )
    assert walk.metered.balances[-1].losses_value > 0 and walk.metered.batch.quarantined_count == 2

    stages = [step.stage for step in trace_of(born.code, on=day_of(AT)).steps if step.on]
    assert stages[:6] == ["section", "need", "plan", "project", "money", "tender"]
    assert {"contract", "works", "act", "payment", "new_section"} <= set(stages)
    from_old = trace_of(old[0].code, on=day_of(AT))
    heir = Section.objects.get(pk=old[0].pk).replaced_by
    assert heir.code in {page.key for page in from_old.new}

    checkpoint = publish_log()
    key = (log_folder() / "key").read_text()
    assert verify_folder(log_folder(), key).leaves == checkpoint.size
    assert found_drifts() == []
    for label, rows, column, before, after in plants():
        rows.update(**{column: after})
        assert found_drifts(), f"{label}.{column} was changed and nobody noticed"
        rows.update(**{column: before})
    assert found_drifts() == []
    Section.objects.filter(pk=new[0].pk).update(state="retired")
    assert [drift.code for drift in replay()] == [new[0].code]
    page = Client().get(f"/en/trace/{born.code}/")
    assert page.status_code == 200 and project.code in page.content.decode()


def test_a_damaged_file_ends_in_faults_and_stores_nothing(tmp_path):
    broken = tmp_path / "broken.inp"
    broken.write_text("[JUNCTIONS]\n A 10\n[PIPES]\n P1 A B 100 200 100\n")
    with pytest.raises(Unreadable) as unreadable:
        read_for_walk(broken, seed=1, at=AT)
    assert unreadable.value.faults
