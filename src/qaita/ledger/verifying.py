"""Checking a log from its public files and key alone: no database, nothing of ours is trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qaita.ledger.errors import BrokenLog
from qaita.ledger.leaves import leaf_hash
from qaita.ledger.notes import Checkpoint, open_checkpoint, read_verifier
from qaita.ledger.tiles import HASH_BYTES, WIDTH, TileFolder, tile_subtree
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
    expected = min(WIDTH, tiles.size - first)
    try:
        hashes = tiles.tile(0, number)
    except OSError:
        raise BrokenLog(first, "its hash tile is missing") from None
    try:
        leaves = tiles.bundle(number)
    except OSError:
        raise BrokenLog(first, "its entry bundle is missing") from None
    except ValueError as fault:
        raise BrokenLog(first, str(fault)) from None
    for place, leaf in enumerate(leaves[:expected]):
        stored = hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        if leaf_hash(leaf) != stored:
            raise BrokenLog(first + place, "the leaf does not have the hash in its tile")
    if len(leaves) != expected or len(hashes) != expected * HASH_BYTES:
        raise BrokenLog(first + min(len(leaves), len(hashes) // HASH_BYTES), "it is missing")


def _check_levels(tiles: TileFolder) -> None:
    """Compare each upper tile with the full tiles below it."""
    level = 1
    while tiles.size >> (8 * level):
        for place in range(tiles.size >> (8 * level)):
            number, position = divmod(place, WIDTH)
            stored = tiles.tile(level, number)[position * HASH_BYTES : (position + 1) * HASH_BYTES]
            if tile_subtree(tiles.tile(level - 1, place), 8, 0) != stored:
                raise BrokenLog(place << (8 * level), f"a tile of level {level} does not fit")
        level += 1


def _first_unpromised(tiles: TileFolder) -> int:
    """Return the earliest leaf that may be wrong when only the root disagrees."""
    return 0 if tiles.size <= WIDTH else (tiles.size // WIDTH) * WIDTH
