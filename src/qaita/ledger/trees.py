"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs over stored hashes.

A `NodeReader` gives the hash of the complete subtree of `2**height` leaves whose first leaf is
`index * 2**height`. Everything else follows from it.
"""

import hashlib
from collections.abc import Callable, Sequence

NodeReader = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(count: int) -> int:
    """Return the largest power of two smaller than count."""
    return 1 << ((count - 1).bit_length() - 1)


def range_hash(read: NodeReader, first: int, last: int) -> bytes:
    """Return the tree hash of the leaves first … last-1, aligned as RFC 6962 splits them."""
    count = last - first
    if count & (count - 1) == 0:
        return read(count.bit_length() - 1, first // count)
    middle = first + _split(count)
    return node_hash(range_hash(read, first, middle), range_hash(read, middle, last))


def root_hash(read: NodeReader, size: int) -> bytes:
    """Return the root of the first `size` leaves."""
    return range_hash(read, 0, size) if size else EMPTY_ROOT


def inclusion_path(read: NodeReader, index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a log of {size}")
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(range_hash(read, middle, last))
            last = middle
        else:
            path.append(range_hash(read, first, middle))
            first = middle
    path.reverse()
    return path


def consistency_path(read: NodeReader, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a prefix of that of `new` (§2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    path: list[bytes] = []
    first, last, whole = 0, new, True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(range_hash(read, middle, last))
            last = middle
        else:
            path.append(range_hash(read, first, middle))
            first, whole = middle, False
    if not whole:
        path.append(range_hash(read, first, last))
    path.reverse()
    return path


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that the path leads to (RFC 9162 §2.1.3.2), None when it does not fit."""
    if not 0 <= index < size:
        return None
    node, last, running = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            running = node_hash(step, running)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            running = node_hash(running, step)
        node, last = node >> 1, last >> 1
    return running if last == 0 else None


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the path proves that the new tree only appended (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    from_old = from_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            from_old, from_new = node_hash(step, from_old), node_hash(step, from_new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            from_new = node_hash(from_new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root
