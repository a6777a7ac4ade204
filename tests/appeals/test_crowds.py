"""Many file at once: they share commits, and each appeal stands with its entry or not at all."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from qaita.appeals.models import Appeal, Contact
from qaita.appeals.services import filing
from qaita.appeals.services.filing import Filed, file_appeal, file_appeals
from qaita.kernel.actor import PUBLIC
from qaita.kernel.errors import Wrong
from qaita.ledger.models import Entry
from qaita.ledger.queries import entries_after
from qaita.ledger.replaying import replay
from qaita.ledger.services import sequence_pending
from tests.appeals.make import new_appeal
from tests.turmys.make import AT, make_fed_network

FILERS, EACH = 32, 3


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Do the work in so many threads, each with a connection of its own."""
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def codes_of_entries() -> list[str]:
    return sorted(Entry.objects.filter(kind="appeal.file").values_list("code", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_files_at_once_shares_commits_and_each_gets_its_own_answer(monkeypatch):
    new = new_appeal(make_fed_network())
    filed: list[tuple[str, Filed]] = []
    written: list[int] = []
    write = filing._write

    def counted(made):
        written.append(len(made))
        write(made)

    monkeypatch.setattr(filing, "_write", counted)

    def work(number: int) -> None:
        for turn in range(EACH):
            words = f"no water, {number} says for the time {turn}"
            filed.append((words, file_appeal(replace(new, statement=words), by=PUBLIC, at=AT)))

    at_once(FILERS, work)
    assert len(filed) == sum(written) == FILERS * EACH
    assert len(written) < FILERS * EACH / 2
    told = dict(Contact.objects.values_list("appeal__code", "statement"))
    assert told == {one.appeal.code: words for words, one in filed}
    assert len({one.key for _, one in filed}) == len(filed)
    assert codes_of_entries() == sorted(told)
    sequence_pending()
    places = [row.index for row in entries_after(-1, 10_000)]
    assert places == list(range(len(places)))
    assert replay() == []


@pytest.mark.django_db(transaction=True)
def test_who_is_refused_in_a_crowd_hinders_nobody():
    new = new_appeal(make_fed_network())
    lost = replace(new, settlement=None, lon_deg=-30.0, lat_deg=40.0)
    filed: list[int] = []
    refused: dict[int, set[str]] = {}

    def work(number: int) -> None:
        try:
            file_appeals([new, lost if number % 4 == 0 else new], by=PUBLIC, at=AT)
        except Wrong as wrong:
            refused[number] = set(wrong.fields)
        else:
            filed.append(number)

    at_once(16, work)
    assert (len(filed), refused) == (12, {key: {"place"} for key in (0, 4, 8, 12)})
    assert Appeal.objects.count() == len(codes_of_entries()) == 24  # all or none of each call


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_taken_undoes_its_own_call_only():
    new = new_appeal(make_fed_network())
    taken = file_appeal(new, by=PUBLIC, at=AT).appeal.code
    wrong: list[int] = []

    def work(number: int) -> None:
        try:
            file_appeal(replace(new, code=taken if number == 3 else ""), by=PUBLIC, at=AT)
        except IntegrityError:
            wrong.append(number)

    at_once(8, work)
    assert wrong == [3]
    codes = sorted(Appeal.objects.values_list("code", flat=True))
    assert len(codes) == 8
    assert codes_of_entries() == codes


@pytest.mark.django_db(transaction=True)
def test_a_filing_inside_a_transaction_stays_in_it():
    new = new_appeal(make_fed_network())
    with transaction.atomic():
        file_appeal(new, by=PUBLIC, at=AT)
        transaction.set_rollback(True)
    assert not Appeal.objects.exists()
    assert not codes_of_entries()


FILER = """
import sys, threading
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from qaita.appeals.services import NewAppeal, file_appeal
from qaita.kernel.actor import PUBLIC
from qaita.kernel.clock import now
from qaita.networks.models import Section
new = NewAppeal("water", "no_supply", "No water", section=Section.objects.first())
def work():
    while True:
        code = file_appeal(new, by=PUBLIC, at=now()).appeal.code
        sys.stdout.write(code + "\\n")
        sys.stdout.flush()
for _ in range(12):
    threading.Thread(target=work).start()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_nine_while_a_crowd_files_leaves_whole_appeals_and_loses_none_acknowledged():
    make_fed_network()
    acknowledged: list[str] = []
    for _attempt in range(3):
        command = [sys.executable, "-c", FILER, str(connection.settings_dict["NAME"])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(40)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        acknowledged += [line.strip() for line in lines if line.endswith("\n")]
    codes = set(Appeal.objects.values_list("code", flat=True))
    assert len(acknowledged) >= 120
    assert set(acknowledged) <= codes
    assert set(codes_of_entries()) == codes
    assert Contact.objects.count() == len(codes)
    assert replay() == []
