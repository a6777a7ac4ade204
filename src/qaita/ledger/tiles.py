"""The log as files: C2SP tlog-tiles. Hash tiles of 256 hashes, entry bundles of 256 leaves."""

import os
import shutil
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from qaita.ledger.trees import node_hash

WIDTH = 256
HASH_BYTES = 32
ENTRIES = "entries"


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return the path of a tile: `tile/0/x001/234`, with `.p/<width>` while it is not full."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03d}")
    path = f"tile/{level}/" + "/".join(reversed(groups))
    return path if width == WIDTH else f"{path}.p/{width}"


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it is whole after power loss: temporary file, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def tile_subtree(hashes: bytes, height: int, position: int) -> bytes:
    """Return the hash of a complete subtree inside a tile."""
    count = 1 << height
    first = position * count * HASH_BYTES
    row = [hashes[first + i * HASH_BYTES : first + (i + 1) * HASH_BYTES] for i in range(count)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def pack_bundle(leaves: Sequence[bytes]) -> bytes:
    """Return an entry bundle: each leaf behind its big-endian 16-bit length."""
    return b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)


def unpack_bundle(bundle: bytes) -> Iterator[bytes]:
    """Yield the leaves of a bundle; raise ValueError where it is cut."""
    at = 0
    while at < len(bundle):
        if at + 2 > len(bundle):
            raise ValueError("the bundle is cut")
        (length,) = struct.unpack_from(">H", bundle, at)
        leaf = bundle[at + 2 : at + 2 + length]
        if len(leaf) != length:
            raise ValueError("the bundle is cut")
        yield leaf
        at += 2 + length


class TileFolder:
    """A folder of tiles for a log of `size` leaves; reads nodes and appends leaves."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.size = size
        self._cache: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        """Return the hashes of a tile, full or as wide as the log's size makes it."""
        key = (level, number)
        if key not in self._cache:
            width = min(WIDTH, (self.size >> (8 * level)) - number * WIDTH)
            self._cache[key] = self.stored(level, number, width)[0][: width * HASH_BYTES]
        return self._cache[key]

    def node(self, height: int, index: int) -> bytes:
        """Return the hash of a complete subtree: a NodeReader."""
        level, inner = divmod(height, 8)
        per_tile = WIDTH >> inner
        number, position = divmod(index, per_tile)
        return tile_subtree(self.tile(level, number), inner, position)

    def bundle(self, number: int) -> list[bytes]:
        """Return the leaves of an entry bundle."""
        width = min(WIDTH, self.size - number * WIDTH)
        return list(unpack_bundle(self.stored(ENTRIES, number, width)[0]))[:width]

    def stored(self, level: int | str, number: int, width: int) -> tuple[bytes, int]:
        """Return a tile's file and how wide its name says it is.

        A full one holds every narrower one, which may be dropped already.
        """
        try:
            return (self.folder / tile_path(level, number, width)).read_bytes(), width
        except FileNotFoundError:
            return (self.folder / tile_path(level, number)).read_bytes(), WIDTH

    def append(self, leaves: Sequence[bytes], hashes: Sequence[bytes]) -> None:
        """Write the tiles that change when these leaves come; the checkpoint is the caller's."""
        if not leaves:
            return
        old, new = self.size, self.size + len(leaves)
        self._append_bundles(old, new, leaves)
        row = list(hashes)
        level = 0
        while row:
            row = self._append_row(level, old >> (8 * level), row)
            level += 1
        self.size = new

    def _append_bundles(self, old: int, new: int, leaves: Sequence[bytes]) -> None:
        first = old // WIDTH
        kept = self.bundle(first) if old % WIDTH else []
        pending = [*kept, *leaves]
        for number in range(first, (new + WIDTH - 1) // WIDTH):
            part = pending[(number - first) * WIDTH : (number - first + 1) * WIDTH]
            path = tile_path(ENTRIES, number, len(part))
            write_durably(self.folder / path, pack_bundle(part))
            if len(part) == WIDTH:
                self._drop_partial(ENTRIES, number)

    def _append_row(self, level: int, old: int, row: Sequence[bytes]) -> list[bytes]:
        """Write one level's tiles; return the hashes that become full for the level above."""
        first = old // WIDTH
        kept = self.tile(level, first) if old % WIDTH else b""
        pending = kept + b"".join(row)
        above: list[bytes] = []
        for start in range(0, len(pending), WIDTH * HASH_BYTES):
            tile = pending[start : start + WIDTH * HASH_BYTES]
            number, width = first + start // (WIDTH * HASH_BYTES), len(tile) // HASH_BYTES
            write_durably(self.folder / tile_path(level, number, width), tile)
            self._cache[(level, number)] = tile
            if width == WIDTH:
                above.append(tile_subtree(tile, 8, 0))
                self._drop_partial(level, number)
        return above

    def _drop_partial(self, level: int | str, number: int) -> None:
        """Remove the partial tiles that a full one replaces, as the format allows."""
        shutil.rmtree(self.folder / f"{tile_path(level, number)}.p", ignore_errors=True)
