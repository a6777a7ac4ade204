"""One file that holds all data of an installation, and the way back from it.

The log's files are copied before the database, so that the database is never behind them; what the
database names (pictures, readings, keys) is copied after it, so that nothing it names is missing.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qaita.console.databases import BackupRefused, Kept, sqlite_of
from qaita.console.steps import disk_sentence

LOG = "ledger"
FOLDERS = ("authority", "files", "lake", "plans", "demo", ".steps")
# the first two can never be made again: without them the log and every certificate lose their name
FILES = ("ledger_private_key", "secret_key")
NOT_DATA = frozenset({"secret_key", ".steps"})  # what starting up makes by itself
PRIVATE = frozenset({"authority", "demo", *FILES})
LOCKS = frozenset({".lock", "founding.lock"})
MANIFEST = "manifest.json"


def sha256_of(path: Path) -> str:
    """Return a file's hash."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files_in(data: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        for path in [data / name, *sorted((data / name).rglob("*"))]:
            if path.is_file() and path.name not in LOCKS:
                yield path


class _Backup:
    """A backup being written."""

    def __init__(self, archive: tarfile.TarFile, data: Path, folder: Path) -> None:
        self.archive, self.data, self.folder = archive, data, folder
        self.hashes: dict[str, str] = {}

    def put(self, path: Path, name: str) -> None:
        """Put one file in; what is hashed is what is stored."""
        own = self.folder / "member"
        try:
            shutil.copyfile(path, own)
        except FileNotFoundError:  # the running site took it away just now
            return
        self.hashes[name] = sha256_of(own)
        self.archive.add(own, name)

    def put_all(self, names: Iterable[str]) -> None:
        """Put in what is not in yet."""
        for path in _files_in(self.data, names):
            name = str(path.relative_to(self.data))
            if name not in self.hashes:
                self.put(path, name)


def write_backup(
    data: Path, target: Path, about: dict[str, str], store: Kept | None = None
) -> dict[str, str]:
    """Write everything into one file; return the hash of each member."""
    store = store or sqlite_of(data)
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no folder {target.parent}: make it, or name another file.")
    store.require_some()
    half = target.with_name(target.name + ".part")
    try:
        hashes = _written(data, half, about, store)
        half.replace(target)
    except OSError as error:
        why = disk_sentence(error) or f"{error}."
        raise BackupRefused(f"The backup was not written. {why}") from None
    finally:
        half.unlink(missing_ok=True)
    return hashes


def _written(data: Path, half: Path, about: dict[str, str], store: Kept) -> dict[str, str]:
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)  # it holds keys
    with (
        tempfile.TemporaryDirectory(dir=half.parent) as folder,
        tarfile.open(half, "w:gz", compresslevel=3) as archive,
    ):
        backup = _Backup(archive, data, Path(folder))
        # twice, the checkpoint first: a tile that was filled up meanwhile has another name
        backup.put_all([LOG])
        backup.put_all([LOG])
        copy = Path(folder) / store.member
        store.copy(copy)
        backup.put(copy, store.member)
        copy.unlink()
        backup.put_all([*FOLDERS, *FILES])
        told = json.dumps({**about, "sha256": backup.hashes}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(told)
        archive.addfile(entry, io.BytesIO(told))
    with half.open("rb") as file:
        os.fsync(file.fileno())
    return backup.hashes


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


def _members(source: Path, folder: Path) -> dict[str, str]:
    """Unpack a backup and check each member against the hash written down for it."""
    try:
        with tarfile.open(source) as archive:
            _unpack(archive, folder)
        hashes: dict[str, str] = json.loads((folder / MANIFEST).read_text())["sha256"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        if isinstance(error, OSError) and (why := disk_sentence(error)):
            raise BackupRefused(why) from None
        raise BackupRefused(f"{source} is not a whole backup of Qaita: {error}.") from None
    for member, wanted in hashes.items():
        path = folder / member
        if not path.is_file() or sha256_of(path) != wanted:
            raise BackupRefused(f"{source} is damaged at {member}: use another copy.")
    return hashes


def read_backup(source: Path, data: Path, store: Kept | None = None) -> dict[str, str]:
    """Check every member and bring the data back into an empty folder, whole or not at all."""
    store = store or sqlite_of(data)
    held = [name for name in (LOG, *FOLDERS, *FILES) if name not in NOT_DATA]
    if any((data / name).exists() for name in held):
        raise BackupRefused(f"{data} already holds data: name an empty folder with --data-dir.")
    store.require_none()
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data) as name:
        folder = Path(name)
        hashes = _members(source, folder)
        if store.member not in hashes:
            raise BackupRefused(store.other)
        with _whole_or_nothing(data, held):
            for member in hashes:
                if member != store.member:
                    _bring(folder / member, data, member)
            store.bring(folder / store.member)
    return hashes


def _bring(path: Path, data: Path, member: str) -> None:
    target = data / member
    target.parent.mkdir(parents=True, exist_ok=True)
    top = Path(member).parts[0]
    if top in PRIVATE:
        path.chmod(0o600)
        if (data / top).is_dir():
            (data / top).chmod(0o700)
    path.replace(target)


@contextmanager
def _whole_or_nothing(data: Path, names: Iterable[str]) -> Iterator[None]:
    """Take away what was brought when the rest cannot be."""
    try:
        yield
    except (OSError, BackupRefused) as error:
        for name in names:
            shutil.rmtree(data / name, ignore_errors=True)
            (data / name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            why = disk_sentence(error) or f"{error}."
            raise BackupRefused(f"Nothing was brought back. {why}") from None
        raise
