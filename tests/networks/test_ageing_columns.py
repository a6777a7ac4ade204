"""What ages is kept in memory, the same on every day, and true after every change."""

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from qaita.ledger.services import sequence_pending
from qaita.networks.queries import ageing_columns, wear_forecast
from qaita.networks.queries.ageing_columns import ageing_of_utility_service, forget_ageing
from qaita.networks.services import refresh_condition, split_section
from tests.networks.make import AT, make_engineer, make_network

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 11, 23)


@pytest.fixture
def network():
    made = make_network()
    refresh_condition(made, on=ON, by=make_engineer(made.utility_service), at=AT)
    sequence_pending()
    return made


def halve_one_of(network):
    engineer = make_engineer(network.utility_service)
    split_section(network.sections.first(), at_share=0.5, by=engineer, at=AT)


def same(one, other) -> bool:
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


def test_the_next_day_reads_no_section_again(network):
    owner = network.utility_service
    today, known = wear_forecast(owner, on=ON), ageing_of_utility_service(owner)
    with CaptureQueriesContext(connection) as asked:
        tomorrow = wear_forecast(owner, on=date(2026, 11, 24))
    assert not [one for one in asked if "networks_section" in one["sql"]]
    assert tomorrow[0].modelled_condition >= today[0].modelled_condition
    assert ageing_of_utility_service(owner) is known


def test_an_owner_and_its_only_network_are_foretold_alike(network):
    assert wear_forecast(network.utility_service, on=ON) == wear_forecast(network, on=ON)


def test_after_a_change_only_its_owner_is_read_anew(network):
    other = make_network(6, service="heat").utility_service
    sequence_pending()
    owner = network.utility_service
    known, far = ageing_of_utility_service(owner), ageing_of_utility_service(other)
    halve_one_of(network)
    sequence_pending()
    found = ageing_of_utility_service(owner)
    assert len(found.length_m) == len(known.length_m) + 1
    assert ageing_of_utility_service(other) is far
    forget_ageing()
    assert same(found, ageing_of_utility_service(owner))


def test_what_is_taken_back_leaves_nothing_behind(network):
    owner = network.utility_service
    known = ageing_of_utility_service(owner)
    with suppress(InterruptedError), transaction.atomic():
        halve_one_of(network)
        assert len(ageing_of_utility_service(owner).length_m) == len(known.length_m) + 1
        raise InterruptedError
    assert same(ageing_of_utility_service(owner), known)


def test_memory_is_bounded(network, monkeypatch):
    monkeypatch.setattr(ageing_columns, "MOST_ROWS", 5)
    other = make_network(6, service="heat").utility_service
    sequence_pending()
    for owner in (network.utility_service, other):
        ageing_of_utility_service(owner)
    assert sum(len(one.columns.length_m) for one in ageing_columns._kept.values()) <= 5
