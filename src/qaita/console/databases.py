"""The database's part of a backup: SQLite as its file, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

SQLITE = "qaita.sqlite3"
POSTGRES = "qaita.pgdump"


class BackupRefused(Exception):
    """The backup cannot be made or brought back; the text says why and what to do."""


class Kept(Protocol):
    """A database as a backup sees it."""

    member: str  # its name in the backup
    other: str  # what to say of a backup that holds another kind

    def require_some(self) -> None:
        """Refuse when there is nothing to copy."""

    def require_none(self) -> None:
        """Refuse when there is data already."""

    def copy(self, target: Path) -> None:
        """Copy the database as it is at one instant."""

    def bring(self, source: Path) -> None:
        """Bring the copy back, whole or not at all."""


@dataclass(frozen=True)
class SqliteFile:
    """A database in one file; it may be in use while it is copied."""

    file: Path
    member = SQLITE
    other = (
        "This backup is of a PostgreSQL database: name an empty one with DATABASE_URL"
        " and run the same command again."
    )

    def require_some(self) -> None:
        """Refuse to copy a file that is not there."""
        if not self.file.exists():
            raise BackupRefused(f"There is no database in {self.file.parent}: nothing to back up.")

    def require_none(self) -> None:
        """Refuse to overwrite a file."""
        if self.file.exists():
            raise BackupRefused(
                f"{self.file.parent} already holds data: name an empty folder with --data-dir."
            )

    def copy(self, target: Path) -> None:
        """Copy page by page through SQLite itself."""
        try:
            with (
                closing(sqlite3.connect(self.file)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
        except sqlite3.DatabaseError as error:
            raise BackupRefused(f"The database {self.file} cannot be read: {error}.") from None

    def bring(self, source: Path) -> None:
        """Put the file in its place."""
        source.replace(self.file)


def sqlite_of(data: Path) -> SqliteFile:
    """Return the database of a data folder."""
    return SqliteFile(data / SQLITE)


@dataclass(frozen=True)
class PostgresDatabase:
    """A database of a server, reached by PostgreSQL's own programs."""

    settings: Mapping[str, Any]  # as Django holds them
    is_empty: bool
    member = POSTGRES
    other = (
        "This backup is of an SQLite database: unset DATABASE_URL and run the same command again."
    )

    def require_some(self) -> None:
        """Refuse to dump nothing."""
        if self.is_empty:
            raise BackupRefused("The database holds no tables: nothing to back up.")

    def require_none(self) -> None:
        """Refuse to write into tables."""
        if not self.is_empty:
            raise BackupRefused(
                "The database that DATABASE_URL names already holds tables: name an empty one."
            )

    def copy(self, target: Path) -> None:
        """Dump one snapshot."""
        self._run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", self._name())

    def bring(self, source: Path) -> None:
        """Restore in one transaction."""
        words = ("--single-transaction", "--exit-on-error", "--no-owner")
        self._run("pg_restore", *words, f"--dbname={self._name()}", str(source))

    def _name(self) -> str:
        return str(self.settings["NAME"])

    def _run(self, program: str, *words: str) -> None:
        if shutil.which(program) is None:
            raise BackupRefused(
                f"{program} is missing: install PostgreSQL's client programs and run again."
            )
        done = subprocess.run(
            [program, *words],
            env={**os.environ, **self._environment()},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise BackupRefused(f"{program} failed: {_last(done.stderr.splitlines())}")

    def _environment(self) -> dict[str, str]:
        """Return how to reach the server; a password is never a word of a command line."""
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        told = {name: str(self.settings.get(key) or "") for name, key in names.items()}
        options = self.settings.get("OPTIONS", {})
        told |= {f"PG{key.upper()}": str(value) for key, value in options.items()}
        return {name: value for name, value in told.items() if value}


def _last(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "no words")
