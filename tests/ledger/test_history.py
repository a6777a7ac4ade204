"""Moving and recording: in the log if and only if in the database."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.leaves import MAX_LEAF_BYTES, Private, commitment, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.queries import entries_after, height, timeline
from qaita.ledger.services import publish_log, record, sequence_pending


def tell(code: str, **facts: object) -> Entry:
    return record("test.happened", code, by=SYSTEM, at=now(), facts=facts)


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_change_that_was_rolled_back_is_not_in_the_log():
    tell("T-1")
    with transaction.atomic():
        tell("T-2")
        transaction.set_rollback(True)
    tell("T-3")
    sequence_pending()
    assert [row.code for row in entries_after(-1, 10)] == ["T-1", "T-3"]
    assert height() == 2


@pytest.mark.django_db
def test_a_private_fact_enters_only_as_a_salted_commitment():
    entry = tell("T-1", name=Private("Айгүл Әлиева"), town="Pavlodar")
    assert "Айгүл" not in entry.leaf
    leaf = json.loads(entry.leaf)
    assert leaf["facts"] == {"town": "Pavlodar"}
    assert leaf["sealed"]["name"] == commitment(bytes(entry.salt), "Айгүл Әлиева")
    assert timeline("T-1")[0].facts == {"town": "Pavlodar"}


@pytest.mark.django_db
def test_two_entries_of_the_same_private_fact_do_not_show_that_it_is_the_same():
    first, second = (json.loads(tell("T", name=Private("x")).leaf)["sealed"] for _ in range(2))
    assert first != second


def test_facts_that_do_not_fit_a_bundle_are_refused():
    with pytest.raises(ValueError, match="at most"):
        make_entry(
            kind="k", code="c", actor="a", at=now(), facts={"text": "x" * (MAX_LEAF_BYTES + 1)}
        )


WRITERS, EACH = 32, 12


def in_threads(work: Callable[[int], None]) -> None:
    """Run the work of each writer in a thread with a connection of its own."""

    def run(name: int) -> None:
        try:
            work(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thirty_two_writers_lose_nothing_and_the_feed_never_skips_or_repeats():
    written: list[str] = []
    seen: list[int | None] = []
    stop = threading.Event()

    def catch_up() -> None:
        sequence_pending()
        seen.extend(row.index for row in entries_after(seen[-1] if seen else -1, 10_000))

    def follow(_name: int = 0) -> None:
        while not stop.is_set():
            catch_up()
        connection.close()

    def write(name: int) -> None:
        for number in range(EACH):
            tell(f"W{name}-{number}")
            written.append(f"W{name}-{number}")

    reader = threading.Thread(target=follow)
    reader.start()
    in_threads(write)
    stop.set()
    reader.join()
    catch_up()
    assert len(written) == WRITERS * EACH
    assert seen == list(range(WRITERS * EACH))
    codes = set(Entry.objects.filter(index__isnull=False).values_list("code", flat=True))
    assert codes == set(written)


WRITER = """
import os, sys
import django
from django.conf import settings
django.setup()
from django.db import connection
for line in {databases!r}.items():
    settings.DATABASES["default"][line[0]] = line[1]
connection.settings_dict.update({databases!r})
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.services import record, publish_log
number = 0
while True:
    record("test.happened", f"K{{os.getpid()}}-{{number}}", by=SYSTEM, at=now())
    print(f"K{{os.getpid()}}-{{number}}", flush=True)
    if number % 7 == 0:
        publish_log()
    number += 1
"""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_kill_nine_in_the_middle_of_writes_loses_nothing_acknowledged(settings, tmp_path):
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and "memory" in str(name):
        pytest.skip("needs a database in a file: the test database lives in memory")
    folder = settings.LEDGER_DIR
    script = textwrap.dedent(WRITER).format(databases={"NAME": str(name)})
    environment = {**os.environ, "QAITA_DATA_DIR": str(settings.DATA_DIR)}
    acknowledged: list[str] = []
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert process.stdout is not None
        for _ in range(25):
            line = process.stdout.readline().strip()
            if line:
                acknowledged.append(line)
        process.send_signal(signal.SIGKILL)
        acknowledged += [line for line in process.stdout.read().split("\n")[:-1] if line]
        process.wait()
    settings.LEDGER_DIR = folder
    checkpoint = publish_log()
    codes = set(Entry.objects.filter(index__lt=checkpoint.size).values_list("code", flat=True))
    assert len(acknowledged) >= 100
    assert set(acknowledged) <= codes
    assert Entry.objects.filter(index=None).count() == 0
