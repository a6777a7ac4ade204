"""Sums of the country: kept in memory, and true after every change."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from qaita.ledger.services import sequence_pending
from qaita.networks.queries import wear_by_region_and_service, wear_by_utility_service, wear_of
from qaita.networks.queries.totals import forget_totals, totals_by_network
from qaita.networks.queries.wear import SUMS
from qaita.networks.services import import_network, refresh_condition, split_section
from tests.networks.make import AT, make_engineer, make_network, make_parsed, make_utility

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 11, 23)


def refreshed(network, on=ON):
    refresh_condition(network, on=on, by=make_engineer(network.utility_service), at=AT)
    sequence_pending()


def halve_one_of(network):
    engineer = make_engineer(network.utility_service)
    split_section(network.sections.first(), at_share=0.5, by=engineer, at=AT)


def figures(found):
    """The sums to a micrometre: PostgreSQL adds up in whatever order rows lie."""
    return {key: {name: round(row[name] or 0, 6) for name in SUMS} for key, row in found.items()}


def made_anew():
    forget_totals()
    return figures(totals_by_network(ON))


def test_the_whole_country_adds_up_what_each_owner_has():
    for service in ("water", "heat"):
        refreshed(make_network(service=service))
    owner = make_utility("heat")
    engineer, parsed = make_engineer(owner), make_parsed(6, file_sha256="cd" * 32)
    load = import_network(parsed, utility_service=owner, name="Lane", by=engineer, at=AT)
    refreshed(load.network)
    by_region = wear_by_region_and_service(ON)
    assert {key: row.sections for key, row in by_region.items()} == {
        ("55", "heat"): 10,
        ("55", "water"): 4,
    }
    (alone,) = wear_of(owner, on=ON)
    for found in (wear_by_utility_service(ON)[owner.pk], by_region["55", "heat"]):
        assert found.length_m == pytest.approx(alone.length_m)
        assert found.share_past_norm == pytest.approx(alone.share_past_norm)
        assert found.modelled_condition == pytest.approx(alone.modelled_condition)
        assert (found.sections, found.zone) == (10, alone.zone)


def test_while_nothing_changes_one_question_is_enough():
    network = make_network()
    refreshed(network)
    known = totals_by_network(ON)
    with CaptureQueriesContext(connection) as asked:
        assert totals_by_network(ON) is known
    assert len(asked) == 1


def test_after_a_change_only_its_network_is_asked_anew():
    changed, other = make_network(), make_network(6, service="heat")
    refreshed(other)
    known = totals_by_network(ON)
    halve_one_of(changed)
    refreshed(changed)
    found = totals_by_network(ON)
    assert found[changed.pk]["rows"] == known[changed.pk]["rows"] + 1
    assert found[other.pk] is known[other.pk]
    assert found[changed.pk]["look"] != known[changed.pk]["look"]
    assert figures(found) == made_anew()


def test_a_network_that_was_loaded_meanwhile_is_added():
    refreshed(make_network())
    known = totals_by_network(ON)
    loaded = make_network(6, service="heat")
    sequence_pending()
    found = totals_by_network(ON)
    assert set(found) - set(known) == {loaded.pk}
    assert figures(found) == made_anew()


def test_what_is_taken_back_leaves_nothing_behind():
    network = make_network()
    refreshed(network)
    known = totals_by_network(ON)
    with suppress(InterruptedError), transaction.atomic():
        halve_one_of(network)
        assert totals_by_network(ON)[network.pk]["rows"] == 5
        raise InterruptedError
    assert figures(totals_by_network(ON)) == figures(known) == made_anew()
