"""Where the tests run: SQLite by default, PostgreSQL with QAITA_TEST_PG=1 and DATABASE_URL.

Every run has a data folder of its own, and every test its own folders inside the settings.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from tests.workers import Sharing, long_ones_first

ROOT = Path(__file__).resolve().parents[1]
DATABASES = {"db", "transactional_db", "django_db_setup", "live_server"}  # fixtures that open one

# before the settings are read; one folder per process, xdist's workers included
_folder = tempfile.mkdtemp(prefix="qaita-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_prepared = os.environ.get("QAITA_DATA_DIR") or str(ROOT / "var")
for name in ("locale", "static-src", "static", "standards"):  # what ./qaita made once for all runs
    if (Path(_prepared) / name).is_dir():
        (Path(_folder) / name).symlink_to(Path(_prepared).absolute() / name)
os.environ["QAITA_DATA_DIR"] = _folder
if not os.environ.get("QAITA_TEST_PG"):
    os.environ.pop("DATABASE_URL", None)


def pytest_configure(config: pytest.Config) -> None:
    """Say what differs in tests: quick passwords, jobs at once, plain static files."""
    from django.conf import settings
    from hypothesis import settings as hypothesis_settings

    # a busy machine or a first compilation is not a fault: no test is timed
    hypothesis_settings.register_profile("qaita", deadline=None)
    hypothesis_settings.load_profile("qaita")
    # pytest-django may have read the settings before the line above named the folder
    settings.DATA_DIR = Path(_folder)
    settings.CACHES["default"]["LOCATION"] = Path(_folder) / "cache"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # in a file, because threads and processes of the tests share it
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{_folder}/test.sqlite3"
        # a power cut during the tests costs nothing: durability is tested by killing processes
        options = settings.DATABASES["default"]["OPTIONS"]
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    from tests.emptying import empty_only_what_is_full

    empty_only_what_is_full()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what no database can change: it ran on SQLite; share out the rest."""
    if os.environ.get("QAITA_TEST_PG"):
        kept = [item for item in items if _asks_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    if "PYTEST_XDIST_WORKER" in os.environ:
        long_ones_first(items)


def pytest_collection_finish() -> None:
    """Let the collector of rubbish pass by what stays until the end, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing:
    """Tell xdist what belongs together."""
    return Sharing(config, log)


def _asks_a_database(item: pytest.Item) -> bool:
    """Tell whether a test has a database."""
    marks = any(item.get_closest_marker(name) for name in ("django_db", "postgres"))
    return marks or not DATABASES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def own_folders(request: pytest.FixtureRequest, settings, tmp_path: Path) -> None:
    """Keep each test's files to itself; of the country it sees the plans."""
    for name, folder in {
        "LEDGER_DIR": "ledger",
        "SITE_DIR": "site",
        "LAKE_DIR": "lake",
        "PLANS_DIR": "plans",
        "SEARCH_DIR": "search",
        "MEDIA_ROOT": "files",
    }.items():
        setattr(settings, name, tmp_path / folder)
    if "demonstration" in request.fixturenames:
        settings.PLANS_DIR = request.getfixturevalue("demonstration").plans
    settings.BACKUP_MARK = tmp_path / "last_backup.json"
    settings.TURNSTILE_FILE = tmp_path / "turnstile.sqlite3"


@pytest.fixture(scope="session")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory):
    """Have a demonstration country beside the tests' own database."""
    from tests.country import drop_demonstration, have_demonstration

    with django_db_blocker.unblock():
        made = have_demonstration(tmp_path_factory)
    yield made
    with django_db_blocker.unblock():
        drop_demonstration()


@pytest.fixture(scope="module")
def country(demonstration) -> Iterator[None]:
    """Let the tests of a module ask the database of the demonstration country."""
    from tests.country import standing_on

    with standing_on(demonstration.database):
        yield


@pytest.fixture(autouse=True)
def own_totals() -> None:
    """Begin each test without sums kept from another one's networks."""
    from qaita.networks.queries.ageing_columns import forget_ageing
    from qaita.networks.queries.totals import forget_totals

    forget_totals()
    forget_ageing()


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Begin each test in English: a page asked for before may have left another language."""
    translation.activate("en")
