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

from qaita.ledger.errors import BrokenLog, KeyLost
from qaita.ledger.leaves import leaf_hash
from qaita.ledger.models import Entry
from qaita.ledger.notes import (
    Checkpoint,
    open_checkpoint,
    read_verifier,
    sign_checkpoint,
    verifier_text,
)
from qaita.ledger.sequencing import sequence_pending
from qaita.ledger.tiles import WIDTH, TileFolder, write_durably
from qaita.ledger.trees import EMPTY_ROOT, root_hash

BATCH = 16_384
PRIVATE_KEY = "ledger_private_key"
BRING_BACK = "bring it back from a backup; a new one would break every proof given so far"


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
    """Return the key of this log, made once, before the first checkpoint, outside its folder."""
    path = Path(settings.DATA_DIR) / PRIVATE_KEY
    begun = (log_folder() / "checkpoint").exists()
    if not path.exists() and not begun:
        _make_key(path)
    try:
        private = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except FileNotFoundError:
        raise KeyLost(f"the log's private key {path} is gone: {BRING_BACK}") from None
    except ValueError:
        raise KeyLost(f"{path} is not the log's private key: {BRING_BACK}") from None
    public = private.public_key().public_bytes_raw()
    if begun and _published_key() != public:
        raise KeyLost(f"{path} is not the key that signed the log so far: {BRING_BACK}")
    return private


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.new")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)  # a disk that was full leaves no half key


def _published_key() -> bytes:
    return read_verifier((log_folder() / "key").read_text()).public.public_bytes_raw()


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
    try:
        verifier = read_verifier((log_folder() / "key").read_text())
        return open_checkpoint(path.read_text(), verifier)
    except (FileNotFoundError, ValueError) as fault:
        raise BrokenLog(0, f"its key and its checkpoint do not fit: {fault}") from None


def publish_log() -> Checkpoint:
    """Write everything the database holds to the public folder and sign the new checkpoint."""
    sequence_pending()
    folder = log_folder()
    with _only_writer(folder):
        before = published_checkpoint()
        is_new = Entry.objects.filter(index__gte=before.size).exists()
        if not is_new and (folder / "checkpoint").exists():
            return before
        private = _private_key()
        tiles = _grown(folder, before)
        after = Checkpoint(log_origin(), tiles.size, root_hash(tiles.node, tiles.size))
        key = verifier_text(log_name(), private.public_key().public_bytes_raw())
        write_durably(folder / "key", key.encode() + b"\n")
        write_durably(folder / "checkpoint", sign_checkpoint(after, log_name(), private).encode())
        return after


def _grown(folder: Path, before: Checkpoint) -> TileFolder:
    """Append what the database holds to the tiles, which must be what was promised last."""
    tiles = TileFolder(folder, before.size)
    try:
        if before.size and root_hash(tiles.node, before.size) != before.root:
            raise BrokenLog(before.size - 1, "its tiles are not those of the last checkpoint")
        _require_last_leaves(tiles)
        for rows in _batches(before.size):
            tiles.append([r.leaf.encode() for r in rows], [bytes(r.leaf_hash) for r in rows])
    except (FileNotFoundError, ValueError, IndexError) as fault:
        raise BrokenLog(max(before.size - 1, 0), f"a file of the log is damaged: {fault}") from None
    return tiles


def _require_last_leaves(tiles: TileFolder) -> None:
    """Refuse to write on in a bundle whose leaves are not those of its tile."""
    number, inside = divmod(tiles.size, WIDTH)
    leaves = tiles.bundle(number) if inside else []
    for place, leaf in enumerate(leaves):
        if leaf_hash(leaf) != tiles.node(0, number * WIDTH + place):
            raise BrokenLog(number * WIDTH + place, "the leaf does not have the hash in its tile")


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
