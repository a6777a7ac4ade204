"""Joining large files: pieces that nothing happened to are copied from the edition before.

Beside the file stand its gzip twin and a list of where each piece lies in both. A piece is pressed
by itself and ends on a whole byte, so that the twin is joined as the file is: copied parts of one
gzip stream, which every reader of gzip takes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from qaita.disclosure.bulk.pieces import Pieces

PLACES = ".pieces"
FORMS = ("", ".gz", PLACES)
LEVEL = 6
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time
LAST_BLOCK = b"\x03\x00"  # an empty one that ends the stream
WORD = 4
Piece = tuple[bytes, bytes]  # as it is, and pressed


@dataclass(frozen=True)
class Spot:
    """Where a piece lies in the file and in its gzip twin, and its checksum."""

    at: int
    size: int
    gz_at: int
    gz_size: int
    crc: int


class _Twins:
    """A file and its gzip twin being written together."""

    def __init__(self, plain: BinaryIO, gz: BinaryIO) -> None:
        self.plain, self.gz = plain, gz
        self.total, self.crc, self.size = hashlib.sha256(), 0, 0
        self.gz_size = gz.write(GZIP_HEAD)

    def add(self, piece: Piece) -> Spot:
        """Write a piece with its pressed form."""
        body, pressed = piece
        spot = Spot(self.size, len(body), self.gz_size, len(pressed), zlib.crc32(body))
        self.total.update(body)
        self.crc = zlib.crc32(body, self.crc)
        self.size += self.plain.write(body)
        self.gz_size += self.gz.write(pressed)
        return spot

    def finish(self) -> None:
        """End the gzip stream."""
        lengths = (self.crc, self.size % (1 << 32))
        self.gz.write(LAST_BLOCK + b"".join(one.to_bytes(WORD, "little") for one in lengths))


def _pressed_too(body: bytes) -> Piece:
    """Return the bytes and what they are in a gzip stream, ending on a whole byte."""
    if not body:
        return b"", b""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return body, deflate.compress(body) + deflate.flush(zlib.Z_FULL_FLUSH)


class Before:
    """The same file of the edition before, whose pieces may be copied."""

    def __init__(self, plain: BinaryIO, gz: BinaryIO, spots: Mapping[str, Spot]) -> None:
        self.plain, self.gz, self.spots = plain, gz, spots

    def piece(self, code: str) -> Piece | None:
        """Return a piece as it lies there; None when it is not there or not as it was."""
        spot = self.spots.get(code)
        if spot is None:
            return None
        self.plain.seek(spot.at)
        body = self.plain.read(spot.size)
        if len(body) != spot.size or zlib.crc32(body) != spot.crc:
            return None
        self.gz.seek(spot.gz_at)
        return body, self.gz.read(spot.gz_size)


@contextmanager
def _opened(path: Path | None) -> Iterator[Before | None]:
    """Open the file of the edition before, if it is there with all that belongs to it."""
    with ExitStack() as opened:
        before = None
        if path is not None:
            with suppress(OSError, ValueError, TypeError):
                listed = json.loads(path.with_name(path.name + PLACES).read_text())
                spots = {code: Spot(*numbers) for code, numbers in listed.items()}
                plain = opened.enter_context(path.open("rb"))
                gz = opened.enter_context(path.with_name(path.name + ".gz").open("rb"))
                before = Before(plain, gz, spots)
        yield before


def join(path: Path, parts: Pieces, before: tuple[Path, int] | None) -> dict[str, Any]:
    """Write the file, its twin and where its pieces lie; return its size and hash.

    `before` is the same file as it was at a height, made by the same program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    touched = parts.touched(before[1]) if before else None
    with (
        path.open("wb") as plain,
        path.with_name(path.name + ".gz").open("wb") as gz,
        _opened(before[0] if before and touched is not None else None) as known,
    ):
        twins = _Twins(plain, gz)
        spots = _join(twins, parts, known, touched or set())
    listed = {code: list(vars(spot).values()) for code, spot in spots.items()}
    path.with_name(path.name + PLACES).write_text(json.dumps(listed))
    return {"bytes": twins.size, "sha256": twins.total.hexdigest()}


def _join(twins: _Twins, parts: Pieces, known: Before | None, touched: set[int]) -> dict[str, Spot]:
    twins.add(_pressed_too(parts.head))
    joint, joints = _pressed_too(b""), _pressed_too(parts.joint)
    spots: dict[str, Spot] = {}
    for code, key in parts.keys().items():
        found = known.piece(code) if known and key not in touched else None
        piece = found or _pressed_too(parts.make(key))
        if piece[0]:
            twins.add(joint)
            joint = joints
        spots[code] = twins.add(piece)
    twins.add(_pressed_too(parts.tail))
    twins.finish()
    return spots
