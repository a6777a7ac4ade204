"""Readings go into the lake once; bad rows are put aside with reasons; balances are whole."""

from datetime import UTC, date, datetime

import pytest
from deltalake import DeltaTable

from qaita.kernel.actor import CLOCK, NOBODY
from qaita.kernel.errors import Refused, Wrong
from qaita.ledger.models import Entry
from qaita.turmys.lake import SCHEMAS, opened, table_folder
from qaita.turmys.models import DistrictBalance, ReadingBatch
from qaita.turmys.queries import quarantined_rows
from qaita.turmys.services import compute_balances, compute_balances_due, take_readings
from tests.turmys.make import AT, make_dispatcher, make_district, make_fed_network, sheet

pytestmark = pytest.mark.django_db

GOOD = (
    "S-1,1,2026-09-30T23:00:00+05:00,1000",
    "S-1,1,2026-10-31T23:00:00+05:00,9000",
    "C-0,1,2026-09-30T20:00:00+05:00,10",
    "C-0,1,2026-10-31T20:00:00+05:00,4010",
    "C-1,1,2026-09-30T20:00:00+05:00,99000",
    "C-1,1,2026-10-31T20:00:00+05:00,1000",
)


def take(network, *rows: str, number: int = 1, at: datetime = AT) -> ReadingBatch:
    by = make_dispatcher(network)
    return take_readings(network, sheet(*rows), source="csv", sequence_no=number, by=by, at=at)


def test_readings_lie_in_the_lake_in_whole_base_units():
    network = make_fed_network()
    _district, meters = make_district(network)
    batch = take(network, *GOOD)
    assert (batch.taken_count, batch.quarantined_count) == (6, 0)
    table = DeltaTable(str(table_folder("reading_raw"))).to_pyarrow_table()
    assert table.schema.remove_metadata().equals(SCHEMAS["reading_raw"])
    row = table.sort_by("ts").to_pylist()[-1]
    assert (row["meter_id"], row["val"]) == (meters[0].pk, 9000)
    assert row["batch"] == batch.lake_no
    assert Entry.objects.filter(kind="readings.take", code=batch.code).exists()


def test_the_same_file_is_taken_once_even_when_the_database_forgot_it():
    network = make_fed_network()
    make_district(network)
    first = take(network, *GOOD)
    assert take(network, *GOOD).pk == first.pk
    first.delete()  # as after a crash between the lake and the database
    take(network, *GOOD)
    assert opened("reading_raw").to_pyarrow_table().num_rows == 6
    take(network, GOOD[0], number=5)
    with pytest.raises(Wrong):
        take(network, GOOD[0], number=4)


def test_bad_rows_are_put_aside_with_their_reasons():
    network = make_fed_network()
    make_district(network)
    bad = {
        "C-0,1,2026-10-01T00:00:00Z": "cells",
        "C-9,1,2026-10-01T00:00:00Z,5": "unknown_meter",
        "C-0,7,2026-10-01T00:00:00Z,5": "unknown_register",
        "C-0,1,2026-10-01 00:00:00,5": "bad_time",
        "C-0,1,soon,5": "bad_time",
        "C-0,1,2027-10-01T00:00:00Z,5": "future",
        "C-0,1,2001-10-01T00:00:00Z,5": "too_old",
        "C-0,1,2026-10-01T00:00:00Z,5.5": "bad_value",
        "C-0,1,2026-10-01T00:00:00Z,-5": "bad_value",
        "C-0,1,2026-10-01T00:00:00Z,99999999999999999999": "bad_value",
        '=cmd|"/c calc",1,2026-10-01T00:00:00Z,5': "unknown_meter",
        "S-1,1,2026-09-30T23:00:00+05:00,1001": "twice",
    }
    batch = take(network, GOOD[0], *bad)
    assert (batch.taken_count, batch.quarantined_count) == (1, len(bad))
    rows = quarantined_rows(batch)
    assert [row["reason"] for row in rows] == list(bad.values())
    assert [row["row"] for row in rows] == list(range(3, 3 + len(bad)))
    assert all(str(row["text"]) != row["reason"] for row in rows)
    assert batch.reasons["bad_value"] == 3


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "file"),
        (b"a,b\n1,2", "file"),
        (b"\xff\xfe\x00", "file"),
        (b"meter,register,at,value\n", "file"),
        (b"\x00" * 50, "file"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_kept(content, field):
    network = make_fed_network()
    with pytest.raises(Wrong) as error:
        take_readings(
            network, content, source="csv", sequence_no=1, by=make_dispatcher(network), at=AT
        )
    assert set(error.value.fields) == {field}
    assert not ReadingBatch.objects.exists()


def test_a_nobody_sends_no_readings():
    network = make_fed_network()
    with pytest.raises(Refused):
        take_readings(network, sheet(*GOOD), source="x", sequence_no=1, by=NOBODY, at=AT)
    with pytest.raises(Refused):
        compute_balances(network, date(2026, 10, 1), by=NOBODY, at=AT)


def test_the_month_balances_to_the_last_litre():
    network = make_fed_network()
    district, _meters = make_district(network)
    take(network, *GOOD)
    (row,) = compute_balances(network, date(2026, 10, 15), by=make_dispatcher(network), at=AT)
    assert (row.district, row.unit) == (district, "l")
    # C-1 turned over at 100 000: 1 000 + 1 000 left of the turn
    assert (row.supply_value, row.billed_value, row.losses_value) == (8000, 6000, 2000)
    assert (row.meters_count, row.silent_count) == (3, 0)
    with pytest.raises(Wrong):
        compute_balances(network, date(2026, 11, 1), by=make_dispatcher(network), at=AT)


def test_a_reading_received_later_replaces_the_one_of_the_same_instant():
    network = make_fed_network()
    make_district(network)
    take(network, *GOOD)
    later = datetime(2026, 11, 17, tzinfo=UTC)
    take(network, "S-1,1,2026-10-31T23:00:00+05:00,9500", number=2, at=later)
    (row,) = compute_balances(network, date(2026, 10, 1), by=CLOCK, at=later)
    assert row.supply_value == 8500


def test_the_calendar_computes_last_month_once():
    network = make_fed_network()
    make_district(network)
    take(network, *GOOD)
    assert len(compute_balances_due(at=AT)) == 1
    assert compute_balances_due(at=AT) == []
    assert DistrictBalance.objects.get().month_on == date(2026, 10, 1)
