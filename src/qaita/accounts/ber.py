"""BER as many signing programs write it (X.690 §8), made definite for a reader of DER.

Lengths that are told only by an end mark become plain ones, octet strings in pieces become whole.
Nothing inside a primitive value is touched, so a certificate keeps the very bytes that were signed.
"""

MAX_DEPTH = 40
CONSTRUCTED = 0x20
LONG_TAG = 0x1F
INDEFINITE = 0x80
MAX_LENGTH_BYTES = 4
PIECES, OCTETS = 0x24, 0x04  # an octet string in pieces, and one that is whole
END = b"\0\0"


def definite(ber: bytes) -> bytes:
    """Return the first value with definite lengths; ValueError or IndexError when it is none."""
    return _value(ber, 0, len(ber), MAX_DEPTH)[0]


def _value(ber: bytes, at: int, end: int, depth: int) -> tuple[bytes, int]:
    """Return one value as DER has it, and where the next one begins."""
    tag, first, last = _head(ber, at, end)
    if not tag & CONSTRUCTED:
        if last is None:
            raise ValueError("only values made of values may end by a mark")
        return _told(tag, ber[first:last]), last
    parts, behind = _parts(ber, first, last, end, depth - 1)
    if tag == PIECES:
        return _told(OCTETS, b"".join(_piece(part) for part in parts)), behind
    return _told(tag, b"".join(parts)), behind


def _head(ber: bytes, at: int, end: int) -> tuple[int, int, int | None]:
    """Return the tag, where the content begins and where it ends; None: at a mark."""
    tag, told, first = ber[at], ber[at + 1], at + 2
    if tag & LONG_TAG == LONG_TAG:
        raise ValueError("no signature has such a tag")
    if told == INDEFINITE:
        return tag, first, None
    if told > INDEFINITE:
        count = told - INDEFINITE
        told = int.from_bytes(ber[first : first + count], "big")
        first += count
        if count > MAX_LENGTH_BYTES:
            raise ValueError("longer than any signature")
    if first + told > end:
        raise ValueError("cut")
    return tag, first, first + told


def _parts(ber: bytes, at: int, last: int | None, end: int, depth: int) -> tuple[list[bytes], int]:
    """Return the values inside a value, and where the next one behind it begins."""
    if depth < 0:
        raise ValueError("deeper than any signature")
    parts: list[bytes] = []
    while at < end if last is None else at < last:
        if last is None and ber[at : at + 2] == END:
            return parts, at + 2
        part, at = _value(ber, at, end if last is None else last, depth)
        parts.append(part)
    if last is None:
        raise ValueError("no end mark")
    return parts, at


def _piece(part: bytes) -> bytes:
    """Return the octets of one piece."""
    tag, first, last = _head(part, 0, len(part))
    if tag != OCTETS:
        raise ValueError("a piece of octets that is none")
    return part[first:last]


def _told(tag: int, content: bytes) -> bytes:
    """Return a value with the shortest definite length."""
    count = len(content)
    if count < INDEFINITE:
        return bytes((tag, count)) + content
    length = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes((tag, INDEFINITE | len(length))) + length + content
