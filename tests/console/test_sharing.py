"""Several processes publish as one: the same state of the data, every work once, in order."""

import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from qaita.console import sharing
from qaita.console.sharing import FEW_WORKS, reading_only, share_among_processes
from qaita.disclosure.publishing import Work, Written
from qaita.kernel.actor import SYSTEM
from qaita.ledger.models import Entry
from qaita.ledger.services import record

AT = datetime(2026, 11, 16, 6, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def one_view():
    with reading_only(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def works(count: int, action: Callable[[int], int]) -> list[Work]:
    def work(place: int) -> Work:
        return lambda: Written(pages={f"{place}": action(place)}, made=[str(os.getpid())])

    return [work(place) for place in range(count)]


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def look(_place: int) -> int:
    time.sleep(0.01)
    return Entry.objects.count()


def test_every_work_is_done_once_in_order_and_sees_the_same_rows(two_cores):
    record("target.publish", "T-1", by=SYSTEM, at=AT, facts={})
    with one_view():
        done = share_among_processes(works(FEW_WORKS, look))
    assert [list(one.pages.items()) for one in done] == [[(str(n), 1)] for n in range(FEW_WORKS)]
    assert len({one.made[0] for one in done}) == 2, "both processes took part"
    assert Entry.objects.count() == 1, "the first process's connection still serves"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL hands its snapshot over")
def test_who_sees_another_state_does_nothing(two_cores, monkeypatch):
    monkeypatch.setattr(sharing, "_mark", lambda: str(os.getpid()))
    with one_view():
        done = share_among_processes(works(FEW_WORKS, look))
    assert {one.made[0] for one in done} == {str(os.getpid())}


def test_a_fault_in_the_second_process_stops_the_first(two_cores):
    first = os.getpid()

    def fail_elsewhere(place: int) -> int:
        if os.getpid() != first:
            raise ValueError(f"work {place} failed")
        return look(place)

    with one_view(), pytest.raises(ValueError, match="failed"):
        share_among_processes(works(FEW_WORKS, fail_elsewhere))


def test_few_works_are_done_alone(two_cores):
    with one_view():
        done = share_among_processes(works(FEW_WORKS - 1, look))
    assert {one.made[0] for one in done} == {str(os.getpid())}
