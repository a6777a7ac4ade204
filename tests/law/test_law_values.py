from datetime import date
from decimal import Decimal

import pytest

import qaita.law as law
from qaita.kernel.errors import Missing
from qaita.law.errors import WrongLaw
from qaita.law.reading import parse_topic, read_topic, sources, topics

DAY = date(2026, 3, 1)
GOOD = {
    "means": {"kk": "a", "ru": "b", "en": "c"},
    "unit": "percent",
    "values": {date(2026, 1, 1): {"value": 1, "source": "practice", "assumed": True}},
}


@pytest.mark.parametrize("topic", topics())
def test_every_topic_gives_its_values_and_every_value_has_a_source(topic):
    values = getattr(law, topic)(on=DAY)
    for name, parameter in read_topic(topic).items():
        assert hasattr(values, name)
        for value in parameter.values:
            assert value.source.name_kk
            assert value.source.name_ru
            assert value.source.name_en


def test_every_topic_has_a_front_door():
    assert sorted(law.__all__) == topics()


# the sources: changes_2026, krem_2025, krem_2026, procedure_code art. 76, tariff_rules, law_47
def test_vat_rises_with_the_year_2026():
    assert law.tax(on=date(2025, 12, 31)).vat_percent == Decimal(12)
    assert law.tax(on=date(2026, 1, 1)).vat_percent == Decimal(16)
    assert law.tax(on=date(2026, 1, 1)).mci_kzt == Decimal(4325)


def test_the_red_zone_has_dated_thresholds():
    before, after = law.zones(on=date(2026, 1, 27)), law.zones(on=date(2026, 1, 28))
    assert (before.red_percent["heat"], before.red_percent["water"]) == (65, 70)
    assert set(after.red_percent.values()) == {60}


def test_an_appeal_is_answered_in_fifteen_working_days():
    appeals = law.appeals(on=DAY)
    assert (appeals.answer_working_days, appeals.forward_working_days) == (15, 3)
    assert appeals.extension_months_max == 2


def test_completeness_takes_three_days_and_the_tariff_seven():
    approvals = law.approvals(on=DAY)
    assert (approvals.completeness_working_days, approvals.tariff_working_days) == (3, 7)


def test_a_complaint_may_be_filed_within_two_working_days():
    tendering = law.tendering(on=DAY)
    assert tendering.complaint_working_days == 2
    assert tendering.debarment_months == 24
    assert tendering.payment_working_days == 30


def test_tariffs_are_frozen_in_the_declared_window_only():
    # announced on 16.10.2025 until the end of the first quarter of 2026
    frozen = [
        law.funding(on=day).tariff_frozen
        for day in (date(2025, 10, 15), date(2025, 10, 16), date(2026, 3, 31), date(2026, 4, 1))
    ]
    assert frozen == [False, True, True, False]


def test_service_lives_are_known_for_every_service():
    wear = law.wear(on=DAY)
    assert wear.life_years("heat", "steel") == 25
    assert wear.life_years("water", "") == wear.life_years("water", "unheard of")
    assert set(wear.norm_life_years) == {"heat", "power", "water", "wastewater", "gas"}


def test_a_day_before_the_first_value_is_missing():
    with pytest.raises(Missing):
        law.in_country_value(on=date(2001, 1, 1))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"colour": 1}, "unknown key 'colour'"),
        ({"unit": "leagues"}, "unknown unit 'leagues'"),
        ({"means": {"en": "c"}}, "means lacks kk"),
        ({"values": {}}, "has no values"),
        ({"values": {date(2026, 1, 1): {"value": 1}}}, "has no source"),
        ({"values": {date(2026, 1, 1): {"value": 1, "source": "hearsay"}}}, "unknown source"),
        ({"values": {date(2026, 1, 1): {"value": 1, "source": "practice"}}}, "marked assumed"),
        ({"values": {"soon": {"value": 1, "source": "law_47"}}}, "not a day"),
        ({"values": {date(2026, 1, 1): {"source": "law_47"}}}, "has no value"),
        ({"values": {date(2026, 1, 1): 15}}, "must hold value and source"),
    ],
)
def test_a_fault_in_the_file_is_named(change, fault):
    with pytest.raises(WrongLaw, match=fault):
        parse_topic("test", {"bid_days": {**GOOD, **change}})


def test_all_faults_are_named_at_once():
    with pytest.raises(WrongLaw) as wrong:
        parse_topic("test", {"one": "x", "two": {**GOOD, "unit": "", "tint": 1}})
    assert len(wrong.value.faults) == 3


def test_sources_are_named_in_three_languages():
    assert all(s.name_kk and s.name_ru and s.name_en for s in sources().values())
