"""The log as public files: tiles first, then the checkpoint that promises them.

The database is the truth and the files follow it: after a crash at any moment the next run finds
the last checkpoint and writes what is missing, byte for byte the same.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from qaita.ledger.errors import BrokenLog
from qaita.ledger.models import Entry
from qaita.ledger.notes import (
    Checkpoint,
    open_checkpoint,
    read_verifier,
    sign_checkpoint,
    verifier_text,
)
from qaita.ledger.sequencing import sequence_pending
from qaita.ledger.tiles import TileFolder, write_durably
from qaita.ledger.trees import EMPTY_ROOT, root_hash

BATCH = 16_384
PRIVATE_KEY = "ledger_private_key"


def log_folder() -> Path:
    """Return the folder of the public files."""
    return Path(settings.LEDGER_DIR)


def log_origin() -> str:
    """Return the log's name: the public host and path, without scheme."""
    return urlsplit(settings.PUBLIC_ADDRESS).netloc + "/ledger"


def log_name() -> str:
    """Return the name in the signed note: no plus, no spaces."""
    return log_origin().replace("+", "-")


def _private_key() -> Ed25519PrivateKey:
    """Return the key of this log, made once and kept outside the public folder."""
    path = Path(settings.DATA_DIR) / PRIVATE_KEY
    if not path.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes_raw()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another process was first
            return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def published_checkpoint() -> Checkpoint:
    """Return the checkpoint that stands in the folder; an empty log's when there is none."""
    path = log_folder() / "checkpoint"
    if not path.exists():
        return Checkpoint(log_origin(), 0, EMPTY_ROOT)
    verifier = read_verifier((log_folder() / "key").read_text())
    return open_checkpoint(path.read_text(), verifier)


def publish_log() -> Checkpoint:
    """Write everything the database holds to the public folder and sign the new checkpoint."""
    sequence_pending()
    folder = log_folder()
    with _only_writer(folder):
        before = published_checkpoint()
        tiles = TileFolder(folder, before.size)
        for rows in _batches(before.size):
            tiles.append([r.leaf.encode() for r in rows], [bytes(r.leaf_hash) for r in rows])
        if tiles.size == before.size and (folder / "checkpoint").exists():
            return before
        after = Checkpoint(log_origin(), tiles.size, root_hash(tiles.node, tiles.size))
        private = _private_key()
        key = verifier_text(log_name(), private.public_key().public_bytes_raw())
        write_durably(folder / "key", key.encode() + b"\n")
        write_durably(folder / "checkpoint", sign_checkpoint(after, log_name(), private).encode())
        return after


def _batches(start: int) -> Iterator[list[Entry]]:
    while True:
        found = Entry.objects.filter(index__gte=start, index__lt=start + BATCH)
        rows = list(found.order_by("index").only("index", "leaf", "leaf_hash"))
        if not rows:
            return
        for place, row in enumerate(rows, start):
            if row.index != place:
                raise BrokenLog(place, "the database has no entry with this index")
        yield rows
        start += len(rows)
