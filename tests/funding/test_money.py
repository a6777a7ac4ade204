"""Promises, tranches, the household's bill, payments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qaita.funding.bills import freeze_end, households_of
from qaita.funding.queries import household_bill_effect, money_of
from qaita.funding.services import (
    Terms,
    commit_funding,
    estimate_tariff,
    plan_tranche,
    receive_tranche,
    release_payment,
    withdraw_funding,
)
from qaita.kernel.actor import SYSTEM, Actor, Grant
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.money import tenge
from qaita.ledger.queries import seen_of, timeline
from qaita.ledger.services import record
from qaita.networks.models import Network
from qaita.programme.queries import get_project
from qaita.programme.services import revise_estimate
from qaita.territory.models import Settlement
from tests.planning.make import AT
from tests.programme.make import fund, make_cast, make_project
from tests.together import at_once

pytestmark = pytest.mark.django_db
LENDER = Actor("PN-LENDER", frozenset({Grant("financial_operator")}))
FROZEN_AT = datetime(2025, 12, 1, 5, tzinfo=UTC)


def accept(act: str) -> None:
    """What the room of works writes when an act is accepted."""
    record("act.accept", act, by=SYSTEM, at=AT, facts={"from": "signing", "to": "accepted"})


def pay(project, act: str = "AC-1", kzt: str = "1000.00", sections=("SC-1",)):
    return release_payment(
        act_code=act,
        contract_code="CN-1",
        project=project,
        accepted_kzt=Decimal(kzt),
        sections=list(sections),
        by=SYSTEM,
        at=AT,
    )


def test_promises_over_the_estimate_are_refused_and_change_nothing():
    cast = make_cast()
    project = make_project(cast)
    half = Terms("loan", project.cost_kzt / 2, 18.0, 10.0, 15.0)
    commit_funding(project, half, by=cast.lender, at=AT)
    with pytest.raises(Refused) as caught:
        commit_funding(project, Terms("own", project.cost_kzt / 2 + 1), by=cast.lender, at=AT)
    assert caught.value.reasons[0].code == "over_committed"
    assert project.instruments.count() == 1
    assert money_of(project).missing_kzt > 0
    commit_funding(project, Terms("budget", project.cost_kzt / 2), by=cast.lender, at=AT)
    assert money_of(project).missing_kzt == 0


def test_only_the_financial_operator_promises():
    cast = make_cast()
    project = make_project(cast)
    with pytest.raises(Refused):
        commit_funding(project, Terms("own", Decimal(1)), by=cast.scene.head, at=AT)
    with pytest.raises(Wrong):
        commit_funding(project, Terms("own", Decimal(-1)), by=cast.lender, at=AT)
    with pytest.raises(Wrong):
        commit_funding(project, Terms("loan", Decimal(1), 5.0, 9.0), by=cast.lender, at=AT)


def test_tranches_stay_within_their_instrument():
    cast = make_cast()
    project = make_project(cast)
    terms = Terms("loan", Decimal(1000), 18.0, 10.0, 15.0)
    instrument = commit_funding(project, terms, by=cast.lender, at=AT)
    due = date(2026, 6, 1)
    tranche = plan_tranche(
        instrument, amount_kzt=Decimal(700), planned_on=due, by=cast.lender, at=AT
    )
    with pytest.raises(Refused) as caught:
        plan_tranche(instrument, amount_kzt=Decimal(301), planned_on=due, by=cast.lender, at=AT)
    assert caught.value.reasons[0].code == "over_drawn"
    receive_tranche(tranche, by=cast.lender, at=AT)
    assert money_of(project).received_kzt == 700


def test_money_that_has_come_keeps_its_promise():
    cast = make_cast()
    project = make_project(cast)
    instrument = commit_funding(project, Terms("own", Decimal(1000)), by=cast.lender, at=AT)
    tranche = plan_tranche(
        instrument, amount_kzt=Decimal(400), planned_on=AT.date(), by=cast.lender, at=AT
    )
    receive_tranche(tranche, by=cast.lender, at=AT)
    entries = seen_of(instrument.code)
    with pytest.raises(Refused) as caught:
        withdraw_funding(instrument, by=cast.lender, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["has_received"]
    assert project.instruments.get().state == "committed"
    assert seen_of(instrument.code) == entries


def test_no_money_comes_from_a_promise_taken_back():
    cast = make_cast()
    project = make_project(cast)
    instrument = commit_funding(project, Terms("own", Decimal(1000)), by=cast.lender, at=AT)
    tranche = plan_tranche(
        instrument, amount_kzt=Decimal(1), planned_on=AT.date(), by=cast.lender, at=AT
    )
    withdraw_funding(project.instruments.get(), by=cast.lender, at=AT)
    # the things in hand still say that the money is promised
    with pytest.raises(Refused) as caught:
        receive_tranche(tranche, by=cast.lender, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["not_promised"]
    assert money_of(project).received_kzt == 0
    instrument = commit_funding(project, Terms("own", Decimal(1000)), by=cast.lender, at=AT)
    withdraw_funding(project.instruments.get(state="committed"), by=cast.lender, at=AT)
    with pytest.raises(Refused) as caught:
        plan_tranche(instrument, amount_kzt=Decimal(1), planned_on=AT.date(), by=cast.lender, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["not_promised"]


def test_a_promise_counts_the_estimate_as_it_stands_now():
    cast = make_cast()
    project = make_project(cast)
    stale = get_project(project.code)
    less = tenge(project.cost_kzt / 2)
    revise_estimate(project, cost_kzt=less, reason="Fewer metres", by=cast.scene.head, at=AT)
    with pytest.raises(Refused) as caught:
        commit_funding(stale, Terms("own", less + 1), by=cast.lender, at=AT)
    assert caught.value.reasons[0].code == "over_committed"


@pytest.mark.django_db(transaction=True)
def test_a_promise_paid_from_and_taken_back_at_once_is_one_of_both():
    cast = make_cast()
    project = make_project(cast)
    fund(project)
    accept("AC-9")
    instrument = project.instruments.get()
    met = at_once(
        lambda: pay(get_project(project.code), "AC-9"),
        lambda: withdraw_funding(instrument, by=cast.lender, at=AT),
    )
    assert [refusal is None for refusal in met].count(True) == 1, met
    assert project.payments.exists() == (project.instruments.get().state == "committed")


def test_the_bill_follows_the_annuity_of_what_is_borrowed():
    cast = make_cast()
    project = make_project(cast)
    fund(project)
    effect = household_bill_effect(project, AT.date() + timedelta(days=60))
    rate, years = 0.08, 15
    yearly = float(project.cost_kzt) * rate / (1 - (1 + rate) ** -years)
    monthly = yearly * 0.60 / effect.estimate.households / 12
    assert float(effect.later_kzt) == pytest.approx(monthly, abs=0.01)
    assert project.bill_rise_kzt == effect.later_kzt
    assert timeline(project.code)[-1].kind == "tariff.estimate"


def test_a_freeze_gives_no_rise_until_it_ends():
    assert freeze_end(date(2025, 12, 1)) == date(2026, 4, 1)
    assert freeze_end(date(2026, 4, 1)) is None
    cast = make_cast()
    project = make_project(cast)
    fund(project)
    estimate_tariff(project, by=SYSTEM, at=FROZEN_AT)
    frozen = household_bill_effect(project, FROZEN_AT.date())
    assert (frozen.now_kzt, frozen.is_frozen, frozen.starts_on) == (0, True, date(2026, 4, 1))
    assert household_bill_effect(project, date(2026, 4, 1)).now_kzt == frozen.later_kzt > 0


def test_budget_money_does_not_touch_the_bill():
    cast = make_cast()
    project = make_project(cast)
    commit_funding(project, Terms("budget", project.cost_kzt), by=SYSTEM, at=AT)
    assert estimate_tariff(project, by=SYSTEM, at=AT).monthly_bill_kzt == 0


def test_nothing_is_paid_without_an_accepted_act():
    project = make_project(make_cast())
    fund(project)
    record("act.send", "AC-1", by=SYSTEM, at=AT, facts={"to": "signing"})
    with pytest.raises(Refused) as caught:
        pay(project)
    assert [reason.code for reason in caught.value.reasons] == ["act_not_accepted"]
    assert not project.payments.exists()


def test_a_payment_names_contract_act_and_sections_and_is_made_once():
    project = make_project(make_cast())
    fund(project, "0.5")
    commit_funding(project, Terms("own", project.cost_kzt / 4), by=SYSTEM, at=AT)
    accept("AC-1")
    with pytest.raises(Refused) as caught:
        pay(project, sections=())
    assert caught.value.reasons[0].code == "no_sections_named"
    payments = pay(project, kzt="1000.01")
    assert sum(p.amount_kzt for p in payments) == Decimal("1000.01")
    assert {p.instrument.kind for p in payments} == {"loan", "own"}
    facts = timeline(payments[0].code)[0].facts
    assert (facts["contract"], facts["act"], facts["sections"]) == ("CN-1", "AC-1", ["SC-1"])
    with pytest.raises(Refused) as caught:
        pay(project)
    assert caught.value.reasons[0].code == "act_paid"
    with pytest.raises(Refused) as caught:
        withdraw_funding(payments[0].instrument, by=LENDER, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["has_payments"]


def test_more_than_was_promised_is_not_paid():
    project = make_project(make_cast())
    fund(project)
    accept("AC-2")
    with pytest.raises(Refused) as caught:
        pay(project, "AC-2", str(project.cost_kzt + 1))
    assert caught.value.reasons[0].code == "no_money_left"


def test_two_networks_of_one_town_serve_its_people_once():
    cast = make_cast()
    project = make_project(cast)
    town = Settlement.objects.create(
        code="GN1", region=cast.scene.region, name_kk="Қ", name_ru="Г", name_en="T",
        lon_deg=76.9, lat_deg=52.3, population=30_000, loaded_at=AT,
    )  # fmt: skip
    first = cast.scene.network
    second = Network.objects.create(
        utility_service=first.utility_service, region=first.region, settlement=town
    )
    Network.objects.filter(pk=first.pk).update(settlement=town)
    one, _assumed = households_of(project, AT.date())
    moved = project.sections.first()
    type(moved).objects.filter(pk=moved.pk).update(network=second)
    assert households_of(project, AT.date()) == (one, False)
