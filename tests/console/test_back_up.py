import io
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from qaita.console.backing import read_backup, write_backup
from qaita.console.databases import BackupRefused


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "ledger" / "tile").mkdir(parents=True)
    (folder / "ledger" / "tile" / "000").write_bytes(b"leaf")
    (folder / "secret_key").write_text("s")
    with closing(sqlite3.connect(folder / "qaita.sqlite3")) as database:
        database.execute("create table pipe (code)")
        database.execute("insert into pipe values ('SC1')")
        database.commit()
    return folder


def test_a_backup_comes_back_whole(data: Path, tmp_path: Path):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    write_backup(data, file, {"qaita": "test"})
    read_backup(file, fresh)
    assert (fresh / "ledger" / "tile" / "000").read_bytes() == b"leaf"
    with closing(sqlite3.connect(fresh / "qaita.sqlite3")) as database:
        assert database.execute("select code from pipe").fetchall() == [("SC1",)]


def test_a_cut_backup_is_refused_and_leaves_nothing(data: Path, tmp_path: Path):
    file, fresh = tmp_path / "b.tgz", tmp_path / "fresh"
    write_backup(data, file, {})
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(BackupRefused):
        read_backup(file, fresh)
    assert list(fresh.iterdir()) == []


def test_a_backup_never_overwrites_data(data: Path, tmp_path: Path):
    file = tmp_path / "b.tgz"
    write_backup(data, file, {})
    with pytest.raises(BackupRefused, match="already holds data"):
        read_backup(file, data)


def test_there_is_no_backup_of_nothing(tmp_path: Path):
    with pytest.raises(BackupRefused, match="no database"):
        write_backup(tmp_path, tmp_path / "b.tgz", {})


@pytest.mark.parametrize("name", ["../outside", "/tmp/qaita-outside"])
def test_a_hostile_backup_writes_nothing_outside(tmp_path: Path, name: str):
    file = tmp_path / "evil.tgz"
    with tarfile.open(file, "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(BackupRefused, match="it holds"):
        read_backup(file, tmp_path / "in" / "fresh")
    assert not (tmp_path / "in" / "outside").exists()
    assert not Path("/tmp/qaita-outside").exists()
