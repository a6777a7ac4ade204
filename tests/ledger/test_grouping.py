"""Group commit: who waits at the same time shares one commit, and nobody another's fault."""

import threading
from contextlib import suppress

import pytest
from django.db import connection

from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.grouping import Group
from qaita.ledger.leaves import make_entry
from qaita.ledger.models import Entry
from qaita.ledger.services import record


def entry(code: str) -> Entry:
    return make_entry(kind="test.happened", code=code, actor="system", at=now(), facts={})


def test_those_who_come_during_a_commit_share_the_next_one():
    group, written = Group(), []
    begun, go_on = threading.Event(), threading.Event()

    def write(entries):
        written.append([one.code for one in entries])
        if len(written) == 1:
            begun.set()
            go_on.wait(10)

    names = ["first", *(f"later-{number}" for number in range(5))]
    threads = [threading.Thread(target=group.commit, args=([entry(n)], write)) for n in names]
    threads[0].start()
    begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(group._waiting) < 5:
        pass
    go_on.set()
    for thread in threads:
        thread.join()
    assert [len(codes) for codes in written] == [1, 5]
    assert sorted(code for codes in written for code in codes) == sorted(names)


def test_the_fault_of_one_does_not_undo_the_others():
    group, written, tries = Group(), [], []
    first = threading.Event()

    def write(entries):
        tries.append(len(entries))
        first.wait(10 if len(tries) == 1 else 0)
        if any(one.code == "bad" for one in entries):
            raise ValueError("bad")
        written.extend(one.code for one in entries)

    def commit(name):
        with suppress(ValueError):
            group.commit([entry(name)], write)

    threads = [threading.Thread(target=commit, args=(n,)) for n in ("first", "good", "bad")]
    threads[0].start()
    while not tries:
        pass
    for thread in threads[1:]:
        thread.start()
    while len(group._waiting) < 2:
        pass
    first.set()
    for thread in threads:
        thread.join()
    assert (sorted(written), sorted(tries)) == (["first", "good"], [1, 1, 1, 2])


@pytest.mark.django_db(transaction=True)
def test_many_threads_write_each_entry_once():
    def write(name: int) -> None:
        for number in range(5):
            record("test.happened", f"G{name}-{number}", by=SYSTEM, at=now())
        connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = list(Entry.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == 80
