"""Public writing doors: who comes too often waits, everybody else passes, no address is kept."""

import json
import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from qaita.accounts.services import count_passage
from qaita.accounts.turnstile import COUNTS, Pace, wait_of, who_comes
from qaita.appeals.models import Appeal
from qaita.kernel.errors import TooOften
from qaita.web.middleware import address_of
from tests.appeals.make import make_settlement
from tests.turmys.make import make_fed_network

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
TWO = {"appeal": (60, 2), "follow": (60, 2), "open311": (60, 5)}
HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def few(settings):
    settings.PUBLIC_DOORS = TWO


def passes(address: str, at: datetime = AT, door: str = "appeal") -> bool:
    try:
        count_passage(door, address, at=at)
    except TooOften:
        return False
    return True


def test_so_many_pass_at_once_and_then_evenly(few) -> None:
    assert [passes(HERE) for _ in range(3)] == [True, True, False]
    assert passes(THERE) and passes(HERE, door="follow")
    assert not passes(HERE, AT + timedelta(seconds=59))
    assert passes(HERE, AT + timedelta(seconds=60))
    assert not passes(HERE, AT + timedelta(seconds=60))
    later = AT + timedelta(hours=3)
    assert [passes(HERE, later) for _ in range(3)] == [True, True, False]


def test_the_refusal_tells_when_to_come_again(few) -> None:
    passes(HERE), passes(HERE)
    with pytest.raises(TooOften) as refused:
        count_passage("appeal", HERE, at=AT + timedelta(seconds=10))
    assert (refused.value.wait_s, refused.value.until) == (50, AT + timedelta(seconds=60))
    assert "in 1 minute." in refused.value.text and "112" in refused.value.text


def test_a_pace_of_nought_keeps_a_door_open(settings) -> None:
    settings.PUBLIC_DOORS = {"appeal": (0, 0)}
    assert all(passes(HERE) for _ in range(50))
    assert not Path(settings.TURNSTILE_FILE).exists()


def test_no_address_is_kept_and_tomorrow_nobody_is_known(few, settings) -> None:
    passes(HERE), passes("2001:db8::7")
    kept = b"".join(
        path.read_bytes() for path in Path(settings.TURNSTILE_FILE).parent.glob("turn*")
    )
    assert kept and HERE.encode() not in kept and b"2001:db8" not in kept
    assert who_comes("appeal", HERE, at=AT) != who_comes("appeal", HERE, at=AT + timedelta(days=1))
    assert who_comes("appeal", HERE, at=AT) != who_comes("follow", HERE, at=AT)


def test_a_household_of_ipv6_is_one_and_its_neighbour_another() -> None:
    known = who_comes("appeal", "2001:db8:1:2::7", at=AT)
    assert who_comes("appeal", "2001:db8:1:2:ffff::9", at=AT) == known
    assert who_comes("appeal", "2001:db8:1:3::7", at=AT) != known
    assert who_comes("appeal", "nonsense", at=AT) != who_comes("appeal", "", at=AT)


def test_a_file_that_cannot_be_used_lets_everybody_in(few, settings, tmp_path) -> None:
    settings.TURNSTILE_FILE = tmp_path / "a-file" / "turnstile.sqlite3"
    (tmp_path / "a-file").write_text("in the way")
    assert all(passes(HERE) for _ in range(5))
    settings.TURNSTILE_FILE = tmp_path / "broken.sqlite3"
    settings.TURNSTILE_FILE.write_bytes(b"no database" * 500)
    assert all(passes(HERE) for _ in range(5))


def test_what_says_nothing_more_is_swept_out(settings, monkeypatch) -> None:
    monkeypatch.setattr("qaita.accounts.turnstile.SWEEP_EVERY", 10)
    COUNTS.passed = 0
    pace = Pace(3_600, 5)
    for number in range(9):
        assert wait_of(bytes([number]), pace, at=AT) is None
    assert wait_of(b"later", pace, at=AT + timedelta(minutes=1)) is None
    rows = sqlite3.connect(settings.TURNSTILE_FILE)
    assert rows.execute("SELECT count(*) FROM passage").fetchone() == (1,)
    rows.close()


def _knock(file: str, count: int) -> int:
    from django.conf import settings

    settings.TURNSTILE_FILE = file
    return sum(wait_of(b"the same address", Pace(1, 40), at=AT) is None for _ in range(count))


def test_processes_and_threads_share_one_count(settings, monkeypatch) -> None:
    monkeypatch.setattr("qaita.accounts.turnstile.WAIT_S", 30)  # a busy machine is not a fault
    file = str(settings.TURNSTILE_FILE)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        passed = sum(pool.starmap(_knock, [(file, 20)] * 4))
    with ThreadPoolExecutor(4) as threads:
        passed += sum(threads.map(_knock, [file] * 4, [20] * 4))
    assert passed == 40


def test_the_proxies_that_are_believed_tell_the_address(settings) -> None:
    told = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.4, 10.0.0.9"}
    assert address_of(told) == "10.0.0.1"
    settings.PROXIES = 2
    assert address_of(told) == "198.51.100.4"
    assert address_of({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "a"}) == "10.0.0.1"


# ------------------------------------------------------------------ the doors


@pytest.fixture
def town(db):
    return make_settlement(make_fed_network(5))


def file_by_form(language: str = "en"):
    words = {"subject": "water.no_supply", "town": "Pavlodar", "statement": "No water at all"}
    return Client().post(f"/{language}/appeals/new/", words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Please send it again in 1 minute"),
        ("ru", "Отправьте его ещё раз через 1 минуту"),
        ("kk", "1 минуттан кейін қайта жіберіңіз"),
    ],
)
def test_the_form_comes_back_with_everything_typed(few, town, language, words) -> None:
    assert [file_by_form().status_code for _ in range(2)] == [201, 201]
    answer = file_by_form(language)
    page = answer.content.decode()
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 60
    assert words in page and "No water at all" in page
    assert Appeal.objects.count() == 2


def test_a_form_with_faults_is_not_counted(few, town) -> None:
    for _ in range(5):
        assert Client().post("/en/appeals/new/", {"statement": "?"}).status_code == 422
    assert file_by_form().status_code == 201


def test_tries_of_a_key_are_counted(few, town) -> None:
    file_by_form()
    address = f"/en/appeals/{Appeal.objects.get().code}/"
    tries = [Client().post(address, {"key": "WRONG"}) for _ in range(3)]
    assert [one.status_code for one in tries] == [403, 403, 429]
    assert "Please wait a little" in tries[2].content.decode()
    assert Client().post(f"{address}rate/", {"key": "WRONG"}).status_code == 429
    assert Client().get("/open311/v2/tokens/WRONG.json").status_code == 429
    assert Client().get(address).status_code == 200


def test_open311_is_told_in_its_own_form(few, town) -> None:
    told = {"service_code": "water.no_supply", "address_string": "Pavlodar", "description": "None"}
    answers = [Client().post("/open311/v2/requests.json", told) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert json.loads(answers[2].content)[0]["code"] == 429
    assert int(answers[2].headers["Retry-After"]) > 0
    xml = Client().post("/open311/v2/requests.xml", told)
    assert xml.status_code == 429 and b"<code>429</code>" in xml.content
