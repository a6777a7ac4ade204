"""Checking a log from its public files and key alone: no database, nothing of ours is trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qaita.ledger.errors import BrokenLog
from qaita.ledger.leaves import leaf_hash
from qaita.ledger.notes import Checkpoint, open_checkpoint, read_verifier
from qaita.ledger.tiles import (
    ENTRIES,
    HASH_BYTES,
    WIDTH,
    TileFolder,
    tile_subtree,
    unpack_bundle,
)
from qaita.ledger.trees import root_hash


@dataclass(frozen=True)
class Verified:
    """What was checked."""

    checkpoint: Checkpoint
    leaves: int


def verify_folder(
    folder: Path, key: str, *, progress: Callable[[int, int], None] | None = None
) -> Verified:
    """Check every leaf against its tiles and the signed root; raise BrokenLog at the first misfit.

    Raises ValueError when the key or the checkpoint's signature is wrong.
    """
    checkpoint = open_checkpoint((folder / "checkpoint").read_text(), read_verifier(key))
    tiles = TileFolder(folder, checkpoint.size)
    for number in range((checkpoint.size + WIDTH - 1) // WIDTH):
        _check_leaves(tiles, number)
        if progress:
            progress(min((number + 1) * WIDTH, checkpoint.size), checkpoint.size)
    _check_levels(tiles)
    if root_hash(tiles.node, checkpoint.size) != checkpoint.root:
        raise BrokenLog(
            _first_unpromised(tiles), "the tiles fit each other but not the signed checkpoint"
        )
    return Verified(checkpoint, checkpoint.size)


def _check_leaves(tiles: TileFolder, number: int) -> None:
    """Compare the leaves of one bundle with the hashes of their tile."""
    first = number * WIDTH
    hashes = _hashes(tiles, 0, number, first)
    try:
        bundle, wide = tiles.stored(ENTRIES, number, min(WIDTH, tiles.size - first))
    except OSError:
        raise BrokenLog(first, "its entry bundle is missing") from None
    leaves, place = unpack_bundle(bundle), 0
    try:
        for leaf in leaves:
            if place * HASH_BYTES < len(hashes):
                stored = hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
                if leaf_hash(leaf) != stored:
                    raise BrokenLog(first + place, "the leaf does not have the hash in its tile")
            place += 1
    except ValueError as fault:
        raise BrokenLog(first + place, str(fault)) from None
    if place < wide:
        raise BrokenLog(first + place, "it is missing")
    if place > wide:
        raise BrokenLog(first + wide, "its bundle holds more leaves than its name says")


def _hashes(tiles: TileFolder, level: int, number: int, leaf: int) -> bytes:
    """Return the hashes the log's size gives a tile; the file must be as long as its name says."""
    width = min(WIDTH, (tiles.size >> (8 * level)) - number * WIDTH)
    what = "hash tile" if level == 0 else f"tile of level {level}"
    try:
        content, wide = tiles.stored(level, number, width)
    except OSError:
        raise BrokenLog(leaf, f"its {what} is missing") from None
    whole = len(content) // HASH_BYTES
    if len(content) != wide * HASH_BYTES:
        cut = leaf + (min(whole, width - 1) << (8 * level))
        raise BrokenLog(cut, f"its {what} is not as long as its name says")
    return content[: width * HASH_BYTES]


def _check_levels(tiles: TileFolder) -> None:
    """Compare each upper tile with the full tiles below it."""
    level = 1
    while count := tiles.size >> (8 * level):
        for number in range((count + WIDTH - 1) // WIDTH):
            _check_upper(tiles, level, number)
        level += 1


def _check_upper(tiles: TileFolder, level: int, number: int) -> None:
    first = number * WIDTH
    hashes = _hashes(tiles, level, number, first << (8 * level))
    for position in range(len(hashes) // HASH_BYTES):
        stored = hashes[position * HASH_BYTES : (position + 1) * HASH_BYTES]
        if tile_subtree(tiles.tile(level - 1, first + position), 8, 0) != stored:
            leaf = (first + position) << (8 * level)
            raise BrokenLog(leaf, f"a tile of level {level} does not fit")


def _first_unpromised(tiles: TileFolder) -> int:
    """Return the earliest leaf that may be wrong when only the root disagrees."""
    return 0 if tiles.size <= WIDTH else (tiles.size // WIDTH) * WIDTH
