"""Drafting, the five signatures, clocks, refusals."""

import hashlib
from datetime import date, timedelta

import pytest

from qaita.accounts.models import Signature
from qaita.accounts.signing import check_signature
from qaita.funding.services import withdraw_funding
from qaita.kernel.actor import NOBODY
from qaita.kernel.clock import day_of
from qaita.kernel.errors import QaitaError, Refused, Stale, Wrong
from qaita.law.workdays import add_working_days
from qaita.ledger.queries import seen_of, timeline
from qaita.networks.geometry import geodesic_length_m, unpack
from qaita.networks.models import EquipmentUnit, NodeKind, Section
from qaita.programme.models import Approval, Project
from qaita.programme.queries import (
    funnel,
    get_project,
    overdue_clocks,
    plan_and_fact,
    projects_of,
    public_projects,
    running_clock,
)
from qaita.programme.services import (
    VERBS,
    Decision,
    Draft,
    begin_procurement,
    begin_project_works,
    check_financially,
    check_technically,
    complete_project,
    draft_project,
    extend_step,
    mark_ready,
    refuse_project,
    return_project,
    revise_estimate,
    submit_project,
)
from tests.planning.make import AT
from tests.programme.make import STEPS, fund, make_cast, make_project, walk
from tests.together import at_once

pytestmark = pytest.mark.django_db


def codes_of(refusal: QaitaError) -> list[str]:
    return [reason.code for reason in getattr(refusal, "reasons", [])]


def codes(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    return codes_of(caught.value)


def unchanged(project: Project, entries: int) -> bool:
    return get_project(project.code).state == project.state and seen_of(project.code) == entries


def test_planned_length_is_the_geodesic_sum_of_the_sections_and_cannot_be_typed():
    project = make_project(make_cast())
    lengths = [geodesic_length_m(unpack(s.geometry)) for s in project.sections.all()]
    assert project.length_planned_m == pytest.approx(sum(lengths))
    assert "length" not in " ".join(Draft.__dataclass_fields__)
    assert project.title_kk and project.title_ru != project.title_en


def test_the_five_signatures_make_a_project():
    cast = make_cast()
    project = walk(make_project(cast), cast, "confirm")
    assert get_project(project.code).state == "confirmed"
    assert [a.action for a in project.approvals.all()] == list(STEPS)
    for approval in project.approvals.all():
        signature = Signature.objects.get(subject_code=approval.document.code)
        body = approval.document.body.encode()
        assert signature.document_sha256 == approval.document.sha256
        assert hashlib.sha256(body).hexdigest() == approval.document.sha256
        check_signature(body, bytes(signature.cms), at=AT)
    kinds = [moment.kind for moment in timeline(project.code)]
    assert [k for k in kinds if k.split(".")[1] in STEPS] == [f"project.{s}" for s in STEPS]


@pytest.mark.parametrize("step", range(5))
def test_a_step_by_the_wrong_role_changes_nothing(step: int):
    cast = make_cast()
    project = make_project(cast)
    if step:
        walk(project, cast, STEPS[step - 1])
    entries = seen_of(project.code)
    wrong = cast.signers[STEPS[(step + 1) % 5]]
    with pytest.raises(Refused) as caught:
        VERBS[STEPS[step]](project, by=wrong, at=AT)
    assert codes(caught) == ["not_your_role"]
    assert unchanged(project, entries)
    assert project.approvals.count() == step


def test_a_step_twice_is_refused():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    entries = seen_of(project.code)
    with pytest.raises(Refused) as caught:
        submit_project(project, by=cast.scene.head, at=AT)
    assert codes(caught) == ["wrong_state"]
    assert unchanged(project, entries)


def test_a_step_from_a_stale_page_or_a_stale_thing_is_refused():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    entries = seen_of(project.code)
    stale = get_project(project.code)
    by = cast.signers["check_technically"]
    with pytest.raises(Stale):
        check_technically(project, decision=Decision(seen=entries - 1), by=by, at=AT)
    assert unchanged(project, entries)
    check_technically(project, decision=Decision(seen=entries), by=by, at=AT)
    with pytest.raises(Stale):  # somebody was first after this thing was read
        check_technically(stale, by=by, at=AT)
    assert Approval.objects.filter(project=project).count() == 2


def test_the_money_is_asked_as_it_stands_and_not_as_the_thing_in_hand_has_it():
    cast = make_cast()
    project = walk(make_project(cast), cast, "check_technically")
    fund(project)
    stale = get_project(project.code)
    withdraw_funding(project.instruments.get(), by=cast.lender, at=AT)
    with pytest.raises(Refused) as caught:
        check_financially(stale, by=cast.signers["check_financially"], at=AT)
    assert codes(caught) == ["not_funded"]
    assert get_project(project.code).state == "technically_checked"


@pytest.mark.django_db(transaction=True)
def test_of_two_applications_for_one_section_signed_at_once_one_is_refused():
    cast = make_cast()
    first, second = make_project(cast, slice(0, 4)), make_project(cast, slice(2, 6))
    met = at_once(
        *(lambda p=p: submit_project(p, by=cast.scene.head, at=AT) for p in (first, second))
    )
    refused = [codes_of(refusal) for refusal in met if refusal is not None]
    assert refused == [["overlap"]]
    assert Project.objects.filter(state="submitted").count() == 1


def test_an_estimate_is_not_changed_once_the_project_is_refused():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    refuse_project(project, decision=Decision("No"), by=cast.signers["check_technically"], at=AT)
    entries = seen_of(project.code)
    with pytest.raises(Refused) as caught:
        revise_estimate(
            project, cost_kzt=project.cost_kzt * 2, reason="More", by=cast.scene.head, at=AT
        )
    assert codes(caught) == ["project_closed"]
    assert unchanged(project, entries)
    assert project.estimates.count() == 1


def test_a_late_step_is_refused_until_the_office_extends_it_in_public():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    clock = running_clock(project)
    assert clock.due_on == add_working_days(day_of(AT), 15)
    late = AT + timedelta(days=60)
    by = cast.signers["check_technically"]
    with pytest.raises(Refused) as caught:
        check_technically(project, by=by, at=late)
    assert codes(caught) == ["late"]
    assert list(overdue_clocks(day_of(late))) == [clock]
    with pytest.raises(Refused):
        extend_step(project, reason="ill", by=by, at=late)
    with pytest.raises(Wrong):
        extend_step(project, reason=" ", by=cast.office, at=late)
    extend_step(project, reason="The expert was ill", by=cast.office, at=late)
    assert timeline(project.code)[-1].facts["reason"] == "The expert was ill"
    check_technically(project, by=by, at=late)
    assert project.state == "technically_checked"
    with pytest.raises(Refused):
        extend_step(project, reason="too early", by=cast.office, at=late)


def test_an_application_comes_back_with_remarks_and_goes_again():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    by = cast.signers["check_technically"]
    with pytest.raises(Wrong):
        return_project(project, decision=Decision("  "), by=by, at=AT)
    return_project(project, decision=Decision("Name the pipe class"), by=by, at=AT)
    assert project.state == "returned"
    assert get_project(project.code).returned_reason == "Name the pipe class"
    submit_project(project, by=cast.scene.head, at=AT + timedelta(hours=1))
    assert get_project(project.code).returned_reason == ""
    refuse_project(project, decision=Decision("Not ours"), by=by, at=AT + timedelta(hours=2))
    assert project.state == "refused"
    assert running_clock(project) is None


def test_a_section_of_another_live_project_is_refused():
    cast = make_cast()
    first = walk(make_project(cast), cast, "submit")
    second = make_project(cast, slice(3, 6), year=2028)
    with pytest.raises(Refused) as caught:
        submit_project(second, by=cast.scene.head, at=AT)
    assert codes(caught) == ["overlap"]
    assert first.code in str(caught.value.reasons[0].text)
    by = cast.signers["check_technically"]
    refuse_project(first, decision=Decision("No"), by=by, at=AT)
    submit_project(second, by=cast.scene.head, at=AT)


def test_a_section_under_warranty_is_refused():
    cast = make_cast()
    project = make_project(cast)
    fresh = project.sections.first()
    Section.objects.filter(pk=fresh.pk).update(laid_on=date(2025, 6, 1), laid_imputed=False)
    with pytest.raises(Refused) as caught:
        submit_project(project, by=cast.scene.head, at=AT)
    assert codes(caught) == ["warranty"]
    assert fresh.code in str(caught.value.reasons[0].text)


def test_pipes_behind_a_dead_source_or_cut_off_from_it_are_refused():
    cast = make_cast()
    network = cast.scene.network
    project = make_project(cast, slice(2, 4))
    source = network.nodes.get(kind=NodeKind.SOURCE)
    unit = EquipmentUnit.objects.create(
        network=network,
        node=source,
        kind="boiler",
        name="Boiler 1",
        installed_on=date(1980, 1, 1),
        norm_life_years=24,
    )
    with pytest.raises(Refused) as caught:
        submit_project(project, by=cast.scene.head, at=AT)
    assert codes(caught) == ["dead_source"]
    assert "Boiler 1" in str(caught.value.reasons[0].text)
    EquipmentUnit.objects.filter(pk=unit.pk).update(installed_on=date(2020, 1, 1))
    first = network.sections.get(from_node=source)
    Section.objects.filter(pk=first.pk).update(state="retired")
    with pytest.raises(Refused) as caught:
        submit_project(project, by=cast.scene.head, at=AT)
    assert codes(caught) == ["cut_off"]


def test_money_that_does_not_cover_the_estimate_and_an_unknown_bill_are_refused():
    cast = make_cast()
    project = walk(make_project(cast), cast, "check_technically")
    by = cast.signers["check_financially"]
    with pytest.raises(Refused) as caught:
        VERBS["check_financially"](project, by=by, at=AT)
    assert codes(caught) == ["not_funded"]
    fund(project)
    VERBS["check_financially"](project, by=by, at=AT)
    Project.objects.filter(pk=project.pk).update(bill_rise_kzt=None)
    project.refresh_from_db()
    with pytest.raises(Refused) as caught:
        VERBS["agree_tariff"](project, by=cast.signers["agree_tariff"], at=AT)
    assert codes(caught) == ["no_tariff"]


def test_growth_of_the_estimate_is_a_chain_with_an_alarm():
    cast = make_cast()
    project = walk(make_project(cast), cast, "check_financially")
    first = project.cost_kzt
    by = cast.scene.engineer
    with pytest.raises(Wrong):
        revise_estimate(project, cost_kzt=first * 2, reason="", by=by, at=AT)
    small = revise_estimate(project, cost_kzt=first * 105 / 100, reason="Ground", by=by, at=AT)
    large = revise_estimate(project, cost_kzt=first * 165 / 100, reason="Rock", by=by, at=AT)
    assert [e.version for e in project.estimates.all()] == [1, 2, 3]
    assert (small.alarm, large.alarm) == (False, True)
    assert large.growth_share == pytest.approx(0.65)
    VERBS["agree_tariff"](project, by=cast.signers["agree_tariff"], at=AT)
    with pytest.raises(Refused) as caught:  # the money was promised for the first estimate
        VERBS["confirm"](project, by=cast.signers["confirm"], at=AT)
    assert codes(caught) == ["not_funded"]


def test_kilometres_count_only_when_accepted():
    cast = make_cast()
    project = walk(make_project(cast), cast, "confirm")
    by = cast.scene.head
    begin_procurement(project, by=by, at=AT)
    mark_ready(project, by=by, at=AT)
    begin_project_works(project, by=by, at=AT)
    cell = plan_and_fact("water", "55", 2027)
    assert (cell.projects, cell.accepted_m) == (1, 0.0)
    assert cell.planned_m == pytest.approx(project.length_planned_m)
    with pytest.raises(Refused) as caught:
        complete_project(project, by=by, at=AT)
    assert codes(caught) == ["not_accepted"]
    assert funnel(day_of(AT))[0].state == "in_works"


def test_drafts_are_seen_by_their_utility_alone():
    cast = make_cast()
    project = make_project(cast)
    assert project in projects_of(cast.scene.engineer)
    assert project not in projects_of(cast.lender)
    assert not public_projects().exists()
    walk(project, cast, "submit")
    assert project in projects_of(cast.lender)
    assert list(public_projects()) == [project]


def test_a_stranger_cannot_draft_and_a_draft_needs_own_living_sections():
    cast = make_cast()
    sections = list(cast.scene.network.sections.all()[:2])
    draft = Draft(cast.scene.utility, sections, 2027)
    with pytest.raises(Refused):
        draft_project(draft, by=NOBODY, at=AT)
    with pytest.raises(Refused):
        draft_project(Draft(cast.scene.utility, [], 2027), by=cast.scene.head, at=AT)
    with pytest.raises(Wrong):
        draft_project(Draft(cast.scene.utility, sections, 1999), by=cast.scene.head, at=AT)


def test_an_application_about_nothing_is_not_signed():
    cast = make_cast()
    project = make_project(cast)
    project.sections.clear()
    with pytest.raises(Refused) as caught:
        submit_project(project, by=cast.scene.head, at=AT)
    assert codes(caught) == ["no_sections"]
    assert not project.approvals.exists()
