"""One section through the whole chain, asked from both ends."""

import pytest
from django.test import Client

from qaita.appeals.models import Appeal
from qaita.disclosure.queries import trace_of
from qaita.kernel.errors import Missing
from qaita.ledger.queries import proof_of
from qaita.ledger.services import sequence_pending
from qaita.networks.models import Section
from tests.works.make import LAID, make_accepted, make_ground

pytestmark = pytest.mark.django_db
LATER = LAID.date().replace(year=2027)


def states(trace):
    return {step.stage: step.state for step in trace.steps}


def test_a_section_nobody_touched_says_not_yet_at_every_step():
    ground = make_ground()
    trace = trace_of(ground.project.sections.first().code, on=LAID.date())
    found = states(trace)
    assert found["section"] == "done"
    assert found["act"] == found["payment"] == found["new_section"] == "not_yet"
    assert all(str(step.sentence) for step in trace.steps if step.state == "not_yet")


def test_old_and_new_section_tell_the_same_story():
    ground = make_ground()
    make_accepted(ground)
    old = ground.project.sections.first()
    new = Section.objects.get(born_of=ground.project.code)
    one, other = trace_of(old.code, on=LATER), trace_of(new.code, on=LATER)
    assert states(one) == states(other)
    assert (one.is_new, other.is_new) == (False, True)
    assert [page.key for page in one.new] == [new.code]
    assert old.code in [page.key for page in other.old]
    done = {"section", "project", "money", "tender", "award", "contract", "works", "act"}
    found = states(one)
    assert all(found[stage] == "done" for stage in (*done, "payment", "new_section"))
    # no package and no plan in this ground: the story says so
    assert found["need"] == found["plan"] == "not_yet"


def test_every_entry_of_the_story_has_its_proof():
    ground = make_ground()
    make_accepted(ground)
    sequence_pending()
    trace = trace_of(ground.project.sections.first().code, on=LATER)
    assert trace.entries
    assert all(mark.index is not None for mark in trace.entries)
    proof = proof_of(trace.entries[0].index)
    assert proof.size > trace.entries[-1].index


def test_an_unknown_section_is_missing():
    with pytest.raises(Missing):
        trace_of("SC-0000000000", on=LATER)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_shows_each_step_in_each_language(language):
    ground = make_ground()
    make_accepted(ground)
    code = ground.project.sections.first().code
    answer = Client().get(f"/{language}/trace/{code}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.count('id="') >= 14
    assert Section.objects.get(born_of=ground.project.code).code in page
    assert "csrf" not in page


def test_the_api_tells_the_same():
    ground = make_ground()
    act = make_accepted(ground)
    code = ground.project.sections.first().code
    story = Client().get(f"/api/v1/trace/{code}").json()
    assert story["steps"][0]["stage"] == "section"
    shown = Client().get(f"/api/v1/acts/{act.code}").json()
    assert shown["state"] == "accepted"
    assert len(shown["signatures"]) == 3
    site = Client().get(f"/api/v1/sites/{act.site.code}").json()
    assert {picture["stage"] for picture in site["evidence"]} == {"before", "during", "after"}
    for wrong in ("SC-0000000000", "SC-000000000A", "%00", "'--", "x" * 300):
        told = Client().get(f"/api/v1/trace/{wrong}").status_code
        assert told == (400 if wrong == "%00" else 404)  # a NUL is no question at all
        assert Client().get(f"/files/evidence/{wrong}.jpg").status_code == 404
        assert Client().get(f"/en/trace/{wrong}/").status_code == 404
    picture = Client().get(site["evidence"][0]["url"])
    assert picture["Content-Type"] == "image/jpeg"


def test_no_door_takes_a_length():
    ground = make_ground()
    act = make_accepted(ground)
    for address in (f"/api/v1/acts/{act.code}", f"/api/v1/sites/{act.site.code}"):
        for ask in ("post", "put", "patch"):
            answer = getattr(Client(), ask)(
                address, {"length_m": 99_000}, content_type="application/json"
            )
            assert answer.status_code == 405


def test_an_appeal_about_the_section_is_part_of_its_story():
    ground = make_ground()
    section = ground.project.sections.first()
    Appeal.objects.create(
        channel="web",
        service="water",
        category="leak",
        region=ground.network.region,
        section=section,
        law_on=LAID.date(),
        received_at=LAID,
        accept_by_on=LAID.date(),
        due_on=LAID.date(),
        updated_at=LAID,
    )
    found = {step.stage: step for step in trace_of(section.code, on=LATER).around}
    assert found["appeals"].state == "done"
    assert found["appeals"].page.name == "appeal"
    assert found["outages"].state == "not_yet"
