"""A full disk or a read-only folder: one kind sentence at every door, nothing half done."""

import errno
import os
import subprocess
import sys

import pytest
from django.db import OperationalError

from qaita.accounts.authority import authority, folder
from qaita.accounts.models import ApiKey
from qaita.appeals.models import Appeal
from qaita.kernel.errors import Refused, is_closed
from qaita.ledger.models import Entry
from tests.accounts.make import make_person
from tests.appeals.test_doors import FORM, make_fed_network, make_settlement

pytestmark = pytest.mark.django_db
SENTENCES = {
    "kk": "Қазір мұнда ештеңе сақтау мүмкін емес",
    "ru": "Сейчас здесь ничего нельзя сохранить",
    "en": "Nothing can be stored here just now",
}
FAULTS = (
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    PermissionError(errno.EACCES, "Permission denied"),
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_appeal_that_cannot_be_stored_is_told_so(client, monkeypatch, fault):
    make_settlement(make_fed_network())
    before = Entry.objects.count()

    def full(*_args, **_words):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr("qaita.ledger.services.insert_entries", full)
        for language, sentence in SENTENCES.items():
            answer = client.post(f"/{language}/appeals/new/", FORM)
            assert (answer.status_code, sentence in answer.content.decode()) == (503, True)
        told = client.post("/open311/v2/requests.json", {
            "service_code": "water.no_supply", "lat": "52.28", "long": "76.95",
            "description": "No water",
        })  # fmt: skip
        assert told.status_code == 503
    assert not Appeal.objects.exists()
    assert Entry.objects.count() == before


def test_a_step_at_the_desk_is_whole_or_not_at_all(client, monkeypatch):
    person = make_person("sysadmin")
    client.force_login(person)

    def full(*_args, **_words):
        raise FAULTS[0]

    with monkeypatch.context() as patch:
        patch.setattr("qaita.ledger.services.insert_entries", full)
        answer = client.post("/en/desk/accounts/keys/", {"name": "k", "scopes": ["read"]})
    assert answer.status_code == 503
    assert SENTENCES["en"] in answer.content.decode()
    assert not ApiKey.objects.exists()
    assert (
        client.post("/en/desk/accounts/keys/", {"name": "k", "scopes": ["read"]}).status_code == 200
    )


def test_other_faults_are_not_taken_for_a_full_disk():
    assert not is_closed(OSError(errno.ENOENT, "gone"))
    assert not is_closed(OperationalError("no such column"))
    assert not is_closed(ValueError("disk is full"))


def test_the_key_of_the_authority_is_missed_in_a_sentence(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert authority()
    (folder() / "root.key").unlink()
    from qaita.accounts import authority as module

    module._read_authority.cache_clear()
    with pytest.raises(Refused, match="authority_key_lost"):
        authority()
    assert not (folder() / "root.key").exists(), "no second authority is ever made"


BLOCKED = """
import sys
import qaita.console.__main__ as door
from django.core.management import ManagementUtility

def execute(self):
    {fault}

ManagementUtility.execute = execute
sys.exit(door.main(["work"]))
"""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("raise OSError(28, 'No space left on device')", "The disk is full"),
        ("raise OSError(30, 'Read-only file system', '/data/x')", "may not write to /data/x"),
        (
            "from django.db import OperationalError as E; raise E('database or disk is full')",
            "The database cannot be written",
        ),
    ],
)
def test_a_command_ends_in_one_sentence(tmp_path, fault, words):
    environment = {**os.environ, "QAITA_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(fault=fault)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_real_small_disk_says_so(tmp_path):
    """A file-size limit stands in for a full disk: settings, secret and all."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "from qaita.console.__main__ import main; sys.exit(main(['ledger', 'publish']))"
    )
    environment = {**os.environ, "QAITA_DATA_DIR": str(tmp_path / "data")}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    assert "disk is full" in done.stderr or "cannot be written" in done.stderr, done.stderr
