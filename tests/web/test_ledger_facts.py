from django.utils import translation

from qaita.web.ledger.facts import actor_words, shown_facts


def told(kind: str, facts: dict, language: str = "en") -> dict[str, str]:
    with translation.override(language):
        return {str(one.words): str(one.value) for one in shown_facts(kind, facts)}


def test_facts_are_told_in_words_with_their_units():
    facts = {"amount_kzt": "1234.50", "length_m": 1816.757, "due_on": "2026-05-29", "late": False}
    found = told("payment.release", facts)
    assert found["Amount"].split() == ["1,234.50", "₸"]
    assert found["Length"].split() == ["1.82", "km"]
    assert found["Due on"].endswith("2026") and "29" in found["Due on"]
    assert found["Late"] == "no"


def test_codes_of_closed_lists_are_told_in_the_language_of_the_reader():
    found = told("project.confirm", {"from": "tariff_agreed", "to": "confirmed"}, "ru")
    assert found["Новое состояние"] == "Подтверждён"
    assert told("as_built.record", {"material": "pe"}, "ru") == {"Материал": "полиэтилен"}


def test_a_public_code_leads_to_what_the_ledger_tells_of_it():
    code = "AP-70699JDADS6S"
    assert f'?q={code}">{code}</a>' in told("tender.announce", {"project": code})["Project"]
    assert "<a" not in told("tender.announce", {"project": "AP-1<b>"})["Project"]


def test_what_has_no_words_shows_itself_and_nothing_breaks():
    odd = {"never_heard_of": "x", "cost_kzt": "much", "starts_at": "soon", "material": "cheese"}
    found = told("thing.change", odd)
    assert found["never_heard_of"] == "x" and found["Cost"] == "much"
    assert told("x.y", {"reason": None, "flags": [], "counts": {"pipes": 3}})["Reason"] == "–"


def test_who_wrote_is_told_without_a_name():
    assert actor_words("public") == "a resident"
    assert "PN-1" in actor_words("PN-1")
