"""One demonstration country that many tests look at; none of them changes it.

It is made once for a run of the tests. On SQLite our own verb makes it in a folder, which tests in
a browser copy too; on PostgreSQL it is made in a database beside that of the tests.
QAITA_TEST_COUNTRY=small makes the whole demonstration (a minute) instead of the smallest one.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from qaita.console.demonstration.country import SEED, make_country
from qaita.console.place import ROOT, Place
from qaita.console.steps import Progress, alone, run_program
from qaita.kernel.clock import now

SIZE = os.environ.get("QAITA_TEST_COUNTRY", "tiny")
PREPARED = ("locale", "static-src", "static")  # what ./qaita made once for all runs
COPY = "country"


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """Return the variables our programs run with: SQLite in a folder, and nobody's settings."""
    ours = Place(ROOT, data, Path(sys.prefix)).environment(**more)
    kept = {"QAITA_DATA_DIR", "DJANGO_SETTINGS_MODULE", *more}
    alien = ("DATABASE_", "DJANGO_", "PYTEST_", "QAITA_")
    return {k: v for k, v in ours.items() if k in kept or not k.startswith(alien)}


def country_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a country; whoever comes first makes it, others wait and take it."""
    base = factory.getbasetemp()
    of_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    data = Path(os.environ.get("QAITA_TEST_RUN") or of_run) / "country"
    with alone(data.with_suffix(".lock"), Progress(quiet=True)):
        if not (data / "made").exists():
            shutil.rmtree(data, ignore_errors=True)
            _fill(data)
    return data


def _fill(data: Path) -> None:
    data.mkdir()
    for name in PREPARED:
        prepared = Path(os.environ["QAITA_DATA_DIR"]) / name
        if prepared.exists():
            (data / name).symlink_to(prepared.resolve())
    for words in (["migrate", "-v0"], ["demo", "--size", SIZE]):
        run_program([sys.executable, "-m", "qaita.console", *words], surroundings(data), ROOT)
    (data / "made").touch()


@contextmanager
def standing_on(database: str) -> Iterator[None]:
    """Ask another database until the end of the block."""
    own = str(connection.settings_dict["NAME"])
    _ask(database)
    try:
        yield
    finally:
        _ask(own)


def _ask(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
    ContentType.objects.clear_cache()


class Demonstration(NamedTuple):
    """The country: its database, and the folder of its plans."""

    database: str
    plans: Path


def have_demonstration(factory: pytest.TempPathFactory) -> Demonstration:
    """Have a country of this process."""
    folder = factory.mktemp("demonstration")
    return (_copied if connection.vendor == "sqlite" else _made)(folder, factory)


def _copied(folder: Path, factory: pytest.TempPathFactory) -> Demonstration:
    made = country_folder(factory)
    shutil.copytree(made / "demo", Path(settings.DATA_DIR) / "demo", dirs_exist_ok=True)
    database = str(shutil.copy(made / "qaita.sqlite3", folder))
    return Demonstration(database, Path(shutil.copytree(made / "plans", folder / "plans")))


def _made(folder: Path, factory: pytest.TempPathFactory) -> Demonstration:
    connection.creation.clone_test_db(COPY, verbosity=0, autoclobber=True)
    database = str(connection.creation.get_test_db_clone_settings(COPY)["NAME"])
    with pytest.MonkeyPatch.context() as patch, standing_on(database):
        for name in ("LEDGER_DIR", "LAKE_DIR", "PLANS_DIR", "SEARCH_DIR", "MEDIA_ROOT"):
            patch.setattr(settings, name, folder / name.partition("_")[0].lower())
        make_country(lambda _what: None, size=SIZE, seed=SEED, at=now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return Demonstration(database, Path(settings.PLANS_DIR))


def drop_demonstration() -> None:
    """Drop the country's database where a server keeps it."""
    if connection.vendor != "sqlite":
        connection.creation.destroy_test_db(suffix=COPY, verbosity=0)
