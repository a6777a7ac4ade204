"""A backup brings back an installation that goes on under its own name."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from qaita.accounts.authority import authority
from qaita.console.backing import read_backup, write_backup
from qaita.console.databases import BackupRefused, Kept, PostgresDatabase, SqliteFile
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.models import Entry
from qaita.ledger.queries import log_folder, verify_folder
from qaita.ledger.services import publish_log, record

pytestmark = pytest.mark.django_db(transaction=True)
LEAVES = 'select leaf from ledger_entry order by "index"'


def write(count: int) -> None:
    for number in range(count):
        record("test.happened", f"T-{number}", by=SYSTEM, at=now())


@pytest.fixture
def data(settings, tmp_path: Path) -> Path:
    """An installation with a log, an authority, a picture and a reading."""
    folder = settings.DATA_DIR = tmp_path / "data"
    settings.LEDGER_DIR = folder / "ledger"
    for name in ("files/picture.jpg", "lake/part", "secret_key"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    write(300)
    publish_log()
    assert authority()
    return folder


@pytest.fixture
def empty_database():
    """Another, empty database of the same server."""
    if connection.vendor == "sqlite":
        yield {}
        return
    name = f"{connection.settings_dict['NAME']}_back"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield {**connection.settings_dict, "NAME": name}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def ours() -> Kept:
    """The database of this test as it is."""
    if connection.vendor == "sqlite":
        return SqliteFile(Path(connection.settings_dict["NAME"]))
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    return PostgresDatabase(connection.settings_dict, is_empty=False)


def empty(fresh: Path, other: dict[str, Any]) -> Kept:
    """An empty one to bring it back into."""
    if connection.vendor == "sqlite":
        return SqliteFile(fresh / "qaita.sqlite3")
    return PostgresDatabase(other, is_empty=True)


def leaves_in(fresh: Path, other: dict[str, Any]) -> list[str]:
    """Read the entries of the database that came back, without us."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(fresh / "qaita.sqlite3")) as back:
            return [leaf for (leaf,) in back.execute(LEAVES)]
    import psycopg

    asked = {"user": other["USER"], "host": other["HOST"], "port": other["PORT"]}
    asked |= {"dbname": other["NAME"], "password": other["PASSWORD"]}
    with psycopg.connect(**{key: value for key, value in asked.items() if value}) as back:
        return [leaf for (leaf,) in back.execute(LEAVES)]


def test_what_comes_back_goes_on_under_the_key_that_outsiders_know(
    data, settings, tmp_path, empty_database
):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    root, known = authority().root, (data / "ledger" / "key").read_text()
    before = verify_folder(data / "ledger", known)
    write_backup(data, file, {}, ours())
    read_backup(file, fresh, empty(fresh, empty_database))
    told = Entry.objects.order_by("index").values_list("leaf", flat=True)
    assert leaves_in(fresh, empty_database) == list(told)
    settings.DATA_DIR, settings.LEDGER_DIR = fresh, fresh / "ledger"
    assert verify_folder(log_folder(), known) == before
    write(7)
    publish_log()
    assert verify_folder(log_folder(), known).leaves == before.leaves + 7
    assert authority().root == root
    for name in ("files/picture.jpg", "lake/part", "secret_key"):
        assert (fresh / name).read_text() == name
    for name in ("ledger_private_key", "authority/root.key", "secret_key"):
        assert (fresh / name).stat().st_mode & 0o077 == 0, name
    assert file.stat().st_mode & 0o077 == 0


def test_a_log_that_grows_during_the_backup_comes_back_whole(
    data, settings, tmp_path, monkeypatch, empty_database
):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    copy, turns = shutil.copyfile, []

    def copy_while_writing(source, target):
        copy(source, target)
        turns.append(source)
        if len(turns) == 2:  # the checkpoint is copied, its tiles are not
            write(400)
            publish_log()

    monkeypatch.setattr("qaita.console.backing.shutil.copyfile", copy_while_writing)
    write_backup(data, file, {}, ours())
    read_backup(file, fresh, empty(fresh, empty_database))
    assert verify_folder(fresh / "ledger", (fresh / "ledger" / "key").read_text()).leaves == 300
    settings.DATA_DIR, settings.LEDGER_DIR = fresh, fresh / "ledger"
    assert publish_log().size == Entry.objects.count()
    assert verify_folder(log_folder(), (log_folder() / "key").read_text()).leaves == 700


def test_a_full_disk_leaves_no_half_backup_and_no_half_data(
    data, tmp_path, monkeypatch, empty_database
):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("qaita.console.backing.shutil.copyfile", full)
        with pytest.raises(BackupRefused, match="The disk is full"):
            write_backup(data, file, {}, ours())
    assert not file.exists() and not list(tmp_path.glob("*.part"))
    write_backup(data, file, {}, ours())
    with monkeypatch.context() as patch:
        patch.setattr("qaita.console.backing.shutil.copyfileobj", full)
        with pytest.raises(BackupRefused, match="The disk is full"):
            read_backup(file, fresh, empty(fresh, empty_database))
    assert list(fresh.iterdir()) == []
    with monkeypatch.context() as patch:
        patch.setattr("qaita.console.databases.SqliteFile.bring", full)
        patch.setattr("qaita.console.databases.PostgresDatabase.bring", full)
        with pytest.raises(BackupRefused, match="The disk is full"):
            read_backup(file, fresh, empty(fresh, empty_database))
    assert not (fresh / "ledger").exists() and not (fresh / "ledger_private_key").exists()
    read_backup(file, fresh, empty(fresh, empty_database))


@pytest.mark.parametrize("name", ["ledger/checkpoint", "ledger_private_key", "files/x.jpg"])
def test_a_folder_that_holds_any_data_is_no_place_for_a_restore(data, tmp_path, name):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    write_backup(data, file, {}, ours())
    (fresh / name).parent.mkdir(parents=True)
    (fresh / name).write_text("mine")
    with pytest.raises(BackupRefused, match="already holds data"):
        read_backup(file, fresh)
    assert (fresh / name).read_text() == "mine"
    assert not (fresh / "qaita.sqlite3").exists()


def test_a_backup_of_one_kind_of_database_does_not_go_into_the_other(data, tmp_path):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    write_backup(data, file, {}, ours())
    on_sqlite = connection.vendor == "sqlite"
    other: Kept = (
        PostgresDatabase({}, is_empty=True) if on_sqlite else SqliteFile(fresh / "qaita.sqlite3")
    )
    with pytest.raises(BackupRefused, match="DATABASE_URL"):
        read_backup(file, fresh, other)
    assert list(fresh.iterdir()) == []


def test_tables_of_a_server_are_never_written_over():
    with pytest.raises(BackupRefused, match="already holds tables"):
        PostgresDatabase({}, is_empty=False).require_none()


def test_the_commands_say_one_sentence_each(tmp_path):
    """A folder that is not there, a file that is no backup."""
    environment = {**os.environ, "QAITA_DATA_DIR": str(tmp_path / "data")}
    environment.pop("DATABASE_URL", None)
    program = ["python", "-m", "qaita.console"]
    (tmp_path / "no").write_text("no backup")
    for words, told in (
        (["backup", str(tmp_path / "absent" / "b.tgz")], "There is no folder"),
        (["restore", str(tmp_path / "no")], "is not a whole backup"),
    ):
        done = subprocess.run(
            [*program, *words], env=environment, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 1
        assert told in done.stderr and "Traceback" not in done.stderr
