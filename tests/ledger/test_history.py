"""Moving and recording: in the log if and only if in the database."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.leaves import MAX_LEAF_BYTES, Private, commitment, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.queries import entries_after, height, timeline, verify_folder
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
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.LEDGER_DIR = sys.argv[2]
django.setup()
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.services import publish_log, record
for number in range(100_000):
    code = f"K{sys.argv[3]}-{number}"
    record("test.happened", code, by=SYSTEM, at=now())
    print(code, flush=True)
    if number % 7 == 0:
        publish_log()
"""


def write_until_killed(command: list[str]) -> list[str]:
    """Kill a writer in the middle; return what it had been told is written."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(25)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_nine_in_the_middle_of_writes_loses_nothing_acknowledged(settings):
    database, folder = str(connection.settings_dict["NAME"]), str(settings.LEDGER_DIR)
    acknowledged: list[str] = []
    for attempt in range(4):
        command = [sys.executable, "-c", WRITER, database, folder, str(attempt)]
        acknowledged += write_until_killed(command)
    checkpoint = publish_log()
    codes = set(Entry.objects.filter(index__lt=checkpoint.size).values_list("code", flat=True))
    assert len(acknowledged) >= 100
    assert set(acknowledged) <= codes
    assert not Entry.objects.filter(index=None).exists()
    key = (settings.LEDGER_DIR / "key").read_text()
    assert verify_folder(settings.LEDGER_DIR, key).leaves == checkpoint.size
