"""Split, merge, replace: descent is kept, length is conserved, and only the owner may."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qaita.kernel.actor import SYSTEM, Actor, Grant
from qaita.kernel.errors import Refused
from qaita.ledger.queries import timeline
from qaita.networks.geometry import cut, geodesic_length_m, pack, unpack
from qaita.networks.models import Network, Section
from qaita.networks.queries import (
    changed_sections,
    failures_of,
    lineage_of,
    sections_as_of,
    sections_of,
)
from qaita.networks.services import (
    begin_works,
    leave_works,
    merge_sections,
    record_failure,
    replace_sections,
    retire_sections,
    split_section,
)
from qaita.networks.services.sections import Renewal
from tests.networks.make import AT, make_engineer, make_network, sections_by_name

coordinates = st.lists(
    st.tuples(st.floats(46, 88), st.floats(40, 56)), min_size=2, max_size=20, unique=True
)


def living_length_m(network: Network) -> float:
    return sections_of(network).aggregate(total=Sum("length_m"))["total"]


@given(coordinates)
def test_a_packed_line_comes_back_to_a_centimetre(line):
    back = unpack(pack(line))
    assert back.shape == (len(line), 2)
    assert abs(back - line).max() <= 0.5e-7 + 1e-12


@given(coordinates, st.floats(0.01, 0.99))
def test_the_two_parts_of_a_cut_line_are_as_long_as_the_whole(line, share):
    first, second = cut(unpack(pack(line)), share)
    whole = geodesic_length_m(unpack(pack(line)))
    parts = geodesic_length_m(first) + geodesic_length_m(second)
    # a straight step between two points in degrees is a little longer than the geodesic
    assert parts == pytest.approx(whole, rel=2e-2)
    assert tuple(first[-1]) == tuple(second[0])


@pytest.mark.django_db
class TestDescent:
    def test_a_split_keeps_length_descent_and_failures(self):
        network = make_network(3)
        by = make_engineer(network.utility_service)
        section = sections_by_name(network)["s1"]
        record_failure(section, cause="corrosion", consumers_off=5, source="crew", by=by, at=AT)
        before = living_length_m(network)
        first, second = split_section(section, at_share=0.3, by=by, at=AT)
        assert living_length_m(network) == pytest.approx(before, rel=1e-12)
        assert first.length_m == pytest.approx(section.length_m * 0.3)
        assert first.to_node == second.from_node
        section.refresh_from_db()
        assert section.state == "replaced"
        assert {d.section.code for d in lineage_of(section).children} == {first.code, second.code}
        assert [failure.cause for failure in failures_of(second)] == ["corrosion"]
        assert timeline(section.code)[-1].facts["children"] == [first.code, second.code]
        assert timeline(first.code)[0].kind == "section.born"

    def test_a_merge_joins_a_chain_in_any_order_and_refuses_branches(self):
        network = make_network(4)
        by = make_engineer(network.utility_service)
        named = sections_by_name(network)
        before = living_length_m(network)
        made = merge_sections([named["s2"], named["s0"], named["s1"]], by=by, at=AT)
        assert living_length_m(network) == pytest.approx(before, rel=1e-12)
        assert list(changed_sections()) == []
        Section.objects.filter(pk=made.pk).update(diameter_mm=999)
        assert [code for code, _why in changed_sections()] == [made.code]
        assert len(unpack(made.geometry)) == 4
        assert (made.from_node.name, made.to_node.name) == ("n0", "n3")
        for section in named.values():
            section.refresh_from_db()
        assert named["s0"].replaced_by == made
        with pytest.raises(Refused) as caught:
            merge_sections([made], by=by, at=AT)
        assert caught.value.reasons[0].code == "too_few"

    def test_sections_apart_or_unlike_are_not_merged(self):
        network = make_network(4)
        by = make_engineer(network.utility_service)
        named = sections_by_name(network)
        with pytest.raises(Refused) as caught:
            merge_sections([named["s0"], named["s2"]], by=by, at=AT)
        assert caught.value.reasons[0].code == "not_adjoining"
        Section.objects.filter(pk=named["s1"].pk).update(diameter_mm=300)
        named = sections_by_name(network)
        with pytest.raises(Refused) as caught:
            merge_sections([named["s0"], named["s1"]], by=by, at=AT)
        assert caught.value.reasons[0].code == "not_alike"

    def test_an_accepted_line_replaces_sections_with_its_geodesic_length(self):
        network = make_network(3)
        engineer = make_engineer(network.utility_service)
        named = sections_by_name(network)
        old = [named["s0"], named["s1"]]
        begin_works(old, project_code="AP-1", by=engineer, at=AT)
        coords = [(76.95, 52.28), (76.9514, 52.2801), (76.9528, 52.28)]
        renewal = Renewal(coords, "pe", date(2026, 2, 20), diameter_mm=160, project_code="AP-1")
        supervisor = Actor("PN-S", frozenset({Grant("supervisor")}))
        made = replace_sections(old, renewal=renewal, by=supervisor, at=AT)
        assert made.length_m == pytest.approx(geodesic_length_m(coords))
        assert (made.from_node.name, made.to_node.name) == ("n0", "n2")
        assert (made.born_of, made.material, made.state) == ("AP-1", "pe", "in_service")
        assert {s.state for s in Section.objects.filter(pk__in=[s.pk for s in old])} == {"replaced"}
        assert {d.section for d in lineage_of(made).parents} == set(old)
        assert not failures_of(made).exists()

    def test_one_line_never_passes_a_node_where_another_section_hangs(self):
        network = make_network(4)
        engineer = make_engineer(network.utility_service)
        named = sections_by_name(network)
        middle = named["s0"].to_node
        Section.objects.filter(pk=named["s3"].pk).update(from_node=middle)
        old = [named["s0"], named["s1"]]
        with pytest.raises(Refused) as caught:
            merge_sections(old, by=engineer, at=AT)
        assert caught.value.reasons[0].code == "not_adjoining"
        begin_works(old, project_code="AP-1", by=engineer, at=AT)
        renewal = Renewal([(76.95, 52.28), (76.9528, 52.28)], "pe", date(2026, 2, 20))
        supervisor = Actor("PN-S", frozenset({Grant("supervisor")}))
        with pytest.raises(Refused) as caught:
            replace_sections(old, renewal=renewal, by=supervisor, at=AT)
        assert caught.value.reasons[0].code == "branch_between"
        assert sections_of(network).count() == 4

    def test_outsiders_may_replace_only_what_is_under_works(self):
        network = make_network(2)
        section = sections_by_name(network)["s0"]
        renewal = Renewal([(76.95, 52.28), (76.9514, 52.28)], "pe", date(2026, 2, 20))
        supplier = Actor("PN-S", frozenset({Grant("supplier", "OR-OTHER")}))
        with pytest.raises(Refused):
            replace_sections([section], renewal=renewal, by=supplier, at=AT)
        assert sections_of(network).count() == 2

    def test_the_network_is_seen_as_of_any_past_day(self):
        network = make_network(3)
        by = make_engineer(network.utility_service)
        whole = living_length_m(network)
        days = [AT + timedelta(days=30 * n) for n in range(1, 4)]
        first, second = split_section(
            sections_by_name(network)["s0"], at_share=0.5, by=by, at=days[0]
        )
        merge_sections([first, second], by=by, at=days[1])
        retire_sections([sections_by_name(network)["s2"]], by=by, at=days[2])

        def seen(at: datetime) -> tuple[int, float]:
            rows = sections_as_of(network, at.date())
            return rows.count(), rows.aggregate(total=Sum("length_m"))["total"]

        assert seen(AT)[0] == 3
        assert seen(days[0] + timedelta(days=1))[0] == 4
        assert seen(days[1] + timedelta(days=1))[0] == 3
        assert seen(days[2] + timedelta(days=1))[0] == 2
        for at in (AT, days[0] + timedelta(days=1), days[1] + timedelta(days=1)):
            assert seen(at)[1] == pytest.approx(whole, rel=1e-12)
        assert sections_as_of(network, date(1984, 1, 1)).count() == 0

    def test_works_begin_and_are_left_again(self):
        network = make_network(2)
        by = make_engineer(network.utility_service)
        sections = list(sections_of(network))
        begin_works(sections, project_code="AP-1", by=by, at=AT)
        assert timeline(sections[0].code)[-1].facts["project"] == "AP-1"
        with pytest.raises(Refused):
            begin_works(sections, project_code="AP-2", by=by, at=AT)
        leave_works(sections, by=by, at=AT)
        assert {s.state for s in sections_of(network)} == {"in_service"}


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0.05, 0.95)), max_size=8))
def test_length_is_conserved_by_any_splits_and_merges(steps):
    with transaction.atomic():
        network = make_network(3)
        whole = living_length_m(network)
        at = datetime(2026, 4, 1, tzinfo=UTC)
        for number, (place, share) in enumerate(steps):
            living = list(sections_of(network))
            chosen = living[place % len(living)]
            first, second = split_section(
                chosen, at_share=share, by=SYSTEM, at=at + timedelta(hours=number)
            )
            if place % 3 == 0:
                merge_sections(
                    [second, first], by=SYSTEM, at=at + timedelta(hours=number, minutes=1)
                )
        assert living_length_m(network) == pytest.approx(whole, rel=1e-9)
        transaction.set_rollback(True)
