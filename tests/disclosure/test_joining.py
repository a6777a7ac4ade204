"""Large files are joined of pieces: one network's event makes one piece, the rest is copied.

They alone may lag behind the ledger, until the open data is brought up; the index says so.
"""

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qaita.console.publishing import _sources, bring_up, check, publish_data, republish
from qaita.disclosure.bulk import files
from qaita.disclosure.bulk.files import bulk_files
from qaita.disclosure.bulk.pieces import Pieces
from qaita.disclosure.publishing import editions
from qaita.disclosure.publishing.joining import FORMS, join
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import instant_text
from qaita.ledger.models import Entry
from qaita.ledger.queries import height
from qaita.ledger.services import record
from qaita.networks.models import Network
from qaita.networks.services import import_network, split_section
from tests.planning.make import make_scene, make_street

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
LARGE = {"sections.csv", "sections.geojson"}


@pytest.fixture
def networks() -> list[Network]:
    """Two streets of one utility, in the order of the large files, and one without sections."""
    first = make_scene(parsed=make_street(6)).network
    own = first.utility_service
    load = import_network(
        make_street(9, lat=52.31), utility_service=own, name="Other", by=SYSTEM, at=AT
    )
    Network.objects.create(
        code="NW-EMPTY", utility_service=own, region=first.region, name_kk="–", name_ru="–"
    )
    return sorted([first, load.network], key=lambda one: one.code)


@pytest.fixture
def made(monkeypatch) -> list[int]:
    """The networks whose rows were read anew, as it happens."""
    seen: list[int] = []

    def told(pieces: Pieces) -> Pieces:
        return replace(pieces, make=lambda key: seen.append(key) or pieces.make(key))

    known = bulk_files()
    watched = [replace(one, joined=told(one.joined)) if one.joined else one for one in known]
    monkeypatch.setattr(editions, "bulk_files", lambda: watched)
    return seen


def index_of(site) -> dict[str, dict]:
    told = json.loads((site / "current/data/index.json").read_text())
    return {one["name"]: one for one in told["files"]}


def split_first(network: Network, at: datetime) -> None:
    split_section(network.sections.order_by("pk")[0], at_share=0.4, by=SYSTEM, at=at)


def test_only_the_large_files_lag_and_the_index_says_so(networks, settings):
    assert {one.name for one in bulk_files() if one.joined} == LARGE
    bring_up(AT)
    before, last = index_of(settings.SITE_DIR), Entry.objects.order_by("index").last()
    assert not any(one["is_behind"] for one in before.values())
    split_first(networks[0], LATER)
    republish(LATER)
    now = index_of(settings.SITE_DIR)
    assert {name for name, one in now.items() if one["is_behind"]} == LARGE
    for name in LARGE:
        assert now[name]["sha256"] == before[name]["sha256"]
        assert now[name]["ledger_time"] == instant_text(last.at)
        assert now[name]["ledger_height"] < now[name]["newest_ledger_height"] == height()
    assert set(check_of_all(settings.SITE_DIR)) <= LARGE
    publish_data(LATER)
    assert not any(one["is_behind"] for one in index_of(settings.SITE_DIR).values())
    assert check(LATER) == []


def check_of_all(site) -> list[str]:
    """Return the files of the open data that are not what they would be made now."""
    place = editions.Place("http://127.0.0.1:8000")
    return [
        one.name
        for one in bulk_files()
        if one.make(place, LATER.date()) != (site / "current/data" / one.name).read_bytes()
    ]


def test_an_event_of_one_network_reads_no_other(networks, made, settings):
    bring_up(AT)
    empty = Network.objects.get(code="NW-EMPTY")
    assert sorted(made) == sorted([one.pk for one in (*networks, empty)] * len(LARGE))
    made.clear()
    split_first(networks[1], LATER)
    bring_up(LATER)
    assert made == [networks[1].pk] * len(LARGE)
    folder = settings.SITE_DIR / "current/data"
    rows = list(csv.DictReader(io.StringIO((folder / "sections.csv").read_text("utf-8-sig"))))
    assert [(row["network_code"], row["code"]) for row in rows] == sorted(
        (one.code, code) for one in networks for code in one.sections.values_list("code", flat=True)
    )
    lines = json.loads((folder / "sections.geojson").read_text())
    assert len(lines["features"]) == 6 + 9 + 1
    for name in LARGE:
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == (folder / name).read_bytes()


def test_the_next_day_and_another_program_leave_the_large_files(networks, made, settings):
    bring_up(AT)
    made.clear()
    told = index_of(settings.SITE_DIR)["sections.csv"]
    done = bring_up(AT + timedelta(days=1))
    assert "/en/law/" in done.made and made == []
    assert index_of(settings.SITE_DIR)["sections.csv"]["sha256"] == told["sha256"]
    settings.PUBLIC_ADDRESS = "http://localhost:9000"
    _sources.cache_clear()
    republish(LATER)
    assert made == []
    publish_data(LATER)
    _sources.cache_clear()
    assert len(made) == len(LARGE) * Network.objects.count()


def test_what_was_harmed_on_the_disk_is_made_anew_not_copied(networks, made, settings):
    bring_up(AT)
    made.clear()
    file = settings.SITE_DIR / "current/data/sections.csv"
    file.write_bytes(file.read_bytes().replace(b"steel", b"stone"))
    record("network.name", networks[0].code, by=SYSTEM, at=LATER, facts={})
    bring_up(LATER)
    assert sorted(made) == sorted([networks[0].pk] * 2 + [networks[1].pk])
    assert check(LATER) == []


def test_a_joined_file_is_one_stream_of_gzip(tmp_path):
    rows = {1: b"", 2: b"two\n" * 400, 3: b"", 4: b"four\n"}
    keys = {f"NW-{key}": key for key in rows}

    class Some(Pieces):
        def keys(self):
            return keys

        def touched(self, height):
            return {4}

    pieces = Some(rows.__getitem__, head=b"[", joint=b",", tail=b"]")
    note = join(tmp_path / "a", pieces, None)
    whole = b"".join(pieces.whole())
    assert whole == b"[" + rows[2] + b"," + rows[4] + b"]"
    assert note["bytes"] == len(whole) == (tmp_path / "a").stat().st_size
    pressed = (tmp_path / "a.gz").read_bytes()
    assert gzip.decompress(pressed) == whole and pressed.count(b"\x1f\x8b\x08\x00") == 1
    again = join(tmp_path / "b", pieces, (tmp_path / "a", 1))
    assert again == note
    for form in FORMS:
        assert (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()


@pytest.mark.parametrize("accepted", ["br, gzip", "gzip", ""])
def test_who_asks_for_brotli_gets_gzip(networks, accepted):
    bring_up(AT)
    answer = Client().get("/data/sections.csv", headers={"accept-encoding": accepted})
    body = answer.getvalue()
    assert answer.get("Content-Encoding", "") == ("gzip" if accepted else "")
    plain = gzip.decompress(body) if accepted else body
    assert plain.startswith(b"\xef\xbb\xbfcode,network_code")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_tells_which_files_lag(networks, language):
    bring_up(AT)
    fresh = Client().get(f"/{language}/data-sets/").content.decode()
    assert f"{files.LARGE_EVERY_S // 60} мин" in fresh or language == "en"
    split_first(networks[0], LATER)
    republish(LATER)
    behind = Client().get(f"/{language}/data-sets/").content.decode()
    assert (fresh.count("<small>"), behind.count("<small>")) == (0, len(LARGE))
