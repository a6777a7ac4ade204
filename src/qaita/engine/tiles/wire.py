"""The bytes of a Mapbox Vector Tile 2.1: layers, keys, values (protobuf by hand)."""

from collections.abc import Iterable, Iterator, Sequence

EXTENT = 4096


def varint(number: int) -> bytes:
    """Return a protobuf varint of a whole number that is not negative."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def block(tag: int, body: bytes) -> bytes:
    """Return a length-delimited protobuf field."""
    return varint(tag << 3 | 2) + varint(len(body)) + body


def _values(values: Iterable[int | str]) -> Iterator[bytes]:
    """Write values as whole fields; texts of one length share the bytes before them."""
    heads: dict[int, bytes] = {}
    for value in values:
        if isinstance(value, int):
            yield block(4, b"\x28" + varint(value))  # uint_value
            continue
        raw = value.encode()
        head = heads.get(len(raw))
        if head is None:
            whole = block(4, block(1, raw))  # string_value
            head = heads[len(raw)] = whole[: len(whole) - len(raw)]
        yield head + raw


def layer(name: str, features: bytes, keys: Sequence[str], values: Iterable[int | str]) -> bytes:
    """Return one layer; `features` are already length-delimited feature fields.

    Field numbers are those of the specification 2.1: name 1, features 2, keys 3, values 4,
    extent 5, version 15. No features give no bytes.
    """
    if not features:
        return b""
    body = [b"\x78\x02", block(1, name.encode()), features]
    body += [block(3, key.encode()) for key in keys]
    body += _values(values)
    body.append(b"\x28" + varint(EXTENT))
    return block(3, b"".join(body))
