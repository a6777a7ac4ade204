"""A draft of a tender is changed with its lots; nothing else is, and by nobody else."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from qaita.console.replaying import found_drifts
from qaita.kernel.errors import Refused, Stale, Wrong
from qaita.ledger.queries import seen_of, timeline
from qaita.procurement.services import TenderPlan, announce_tender, revise_tender
from tests.procurement.make import AT, CLOSES_AT, NOBODY, make_draft, make_lot_plan
from tests.procurement.test_desk import people, sign_in

pytestmark = pytest.mark.django_db


def plan_of(made, **values) -> TenderPlan:
    people = tuple(member.person for member in made.tender.members.all())
    plan = TenderPlan("Құбыр", "Труба", "Pipe", (make_lot_plan(),), people, 3, CLOSES_AT)
    return replace(plan, **values)


def test_words_lots_and_committee_change_and_a_lot_keeps_its_code():
    made = make_draft(lots=(make_lot_plan(), make_lot_plan(title_ru="Второй")))
    first = made.lot.code
    lots = (make_lot_plan(quantity=Decimal("900.000"), delivery_days=90),)
    later = CLOSES_AT + timedelta(days=5)
    plan = plan_of(made, title_ru="Новая труба", lots=lots, closes_at=later)
    plan = replace(plan, committee=plan.committee[::-1])
    revise_tender(made.tender, plan, by=made.head, at=AT)
    tender = made.fresh()
    (lot,) = tender.lots.all()
    assert (lot.code, lot.quantity, lot.delivery_days) == (first, Decimal("900.000"), 90)
    assert (tender.title_ru, tender.closes_at) == ("Новая труба", later)
    assert [member.person for member in tender.members.all()] == list(plan.committee)
    assert timeline(tender.code)[-1].kind == "tender.revise"
    assert [one for one in found_drifts() if one.table.startswith("procurement")] == []
    assert announce_tender(tender, by=made.head, at=AT).state == "open"


def test_only_a_draft_of_ones_own_changes_and_only_as_it_was_seen():
    made = make_draft()
    seen = seen_of(made.tender.code)
    with pytest.raises(Refused):
        revise_tender(made.tender, plan_of(made), by=NOBODY, at=AT)
    with pytest.raises(Wrong):
        revise_tender(made.tender, plan_of(made, lots=()), by=made.head, at=AT)
    revise_tender(made.tender, plan_of(made), seen=seen, by=made.head, at=AT)
    with pytest.raises(Stale):
        revise_tender(made.tender, plan_of(made), seen=seen, by=made.head, at=AT)
    announce_tender(made.fresh(), by=made.head, at=AT)
    with pytest.raises(Refused) as caught:
        revise_tender(made.fresh(), plan_of(made, title_ru="Позже"), by=made.head, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["wrong_state"]
    assert made.fresh().title_ru == "Труба"


def test_the_form_shows_the_draft_keeps_what_was_typed_and_notices_another_hand(monkeypatch):
    monkeypatch.setattr("qaita.web.middleware.now", lambda: AT)
    made = make_draft()
    door = reverse("procurement:edit", args=[made.tender.code])
    head = people(made)["head"]
    assert door in head.get(reverse("procurement:tender", args=[made.tender.code])).content.decode()
    form = head.get(door).context["form"]
    given = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in given.items() if value not in (None, "")}
    given["closes_at"] = "2026-04-10T10:00"
    wrong = head.post(door, {**given, "title_ru": "Другая труба", "lot1_quantity": "0"})
    assert wrong.status_code == 422 and "Другая труба" in wrong.content.decode()
    done = head.post(door, {**given, "title_ru": "Другая труба"})
    assert done.status_code == 302, done.context["form"].errors
    assert made.fresh().title_ru == "Другая труба"
    assert head.post(door, {**given, "title_ru": "Третья"}).status_code == 409
    stranger = sign_in("PN-OR-CHEAP", "supplier", None)
    assert stranger.post(door, given).status_code == 403
    announce_tender(made.fresh(), by=made.head, at=AT)
    assert head.get(door).status_code == 409
    assert made.fresh().title_ru == "Другая труба"
