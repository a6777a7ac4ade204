"""One file that holds all data of an installation, and the way back from it.

The ledger's files are copied before the database, so that the database is never behind them.
"""

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FOLDERS = ("ledger", "files", "lake", "demo", ".steps")
FILES = ("secret_key",)
DATABASE = "qaita.sqlite3"
MANIFEST = "manifest.json"


class BackupRefused(Exception):
    """The backup cannot be made or brought back; the text says why and what to do."""


def sha256_of(path: Path) -> str:
    """Return a file's hash."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _contents(data: Path) -> Iterator[Path]:
    for name in FOLDERS:
        for path in sorted((data / name).rglob("*")):
            if path.is_file():
                yield path
    for name in FILES:
        if (data / name).is_file():
            yield data / name


def _copy_of_database(data: Path, folder: Path) -> Path:
    """Copy the database while it is in use, whole at one instant."""
    copy = folder / DATABASE
    with (
        closing(sqlite3.connect(data / DATABASE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def write_backup(data: Path, target: Path, about: dict[str, str]) -> dict[str, str]:
    """Write everything into one file; return the hash of each member."""
    if not (data / DATABASE).exists():
        raise BackupRefused(f"There is no database in {data}: nothing to back up.")
    hashes: dict[str, str] = {}
    half = target.with_name(target.name + ".part")
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
        tarfile.open(half, "w:gz", compresslevel=3) as archive,
    ):

        def put(path: Path, name: str) -> None:
            own = Path(folder) / "member"
            shutil.copyfile(path, own)  # what is hashed is what is stored
            hashes[name] = sha256_of(own)
            archive.add(own, name)

        for path in _contents(data):
            put(path, str(path.relative_to(data)))
        put(_copy_of_database(data, Path(folder)), DATABASE)
        told = json.dumps({**about, "sha256": hashes}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(told)
        archive.addfile(entry, io.BytesIO(told))
    half.replace(target)
    return hashes


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack plain files below the folder and nothing else."""
    for member in archive:
        target = (folder / member.name).resolve()
        if not member.isfile() or not target.is_relative_to(folder.resolve()):
            raise ValueError(f"it holds {member.name}")
        source = archive.extractfile(member)
        if source is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(source, file)


def read_backup(source: Path, data: Path) -> dict[str, str]:
    """Check every member and bring the data back into an empty folder."""
    if (data / DATABASE).exists():
        raise BackupRefused(f"{data} already holds data: name an empty folder with --data-dir.")
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data) as name:
        folder = Path(name)
        try:
            with tarfile.open(source) as archive:
                _unpack(archive, folder)
            manifest = json.loads((folder / MANIFEST).read_text())
            hashes: dict[str, str] = manifest["sha256"]
        except (tarfile.TarError, OSError, ValueError, KeyError, EOFError) as error:
            raise BackupRefused(f"{source} is not a whole backup of Qaita: {error}.") from None
        for member, wanted in hashes.items():
            path = folder / member
            if not path.is_file() or sha256_of(path) != wanted:
                raise BackupRefused(f"{source} is damaged at {member}: use another copy.")
        for member in hashes:
            target = data / member
            if member == "secret_key":
                (folder / member).chmod(0o600)
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / member).replace(target)
    return hashes
