"""The Merkle tree against RFC 6962's own definition, written naively."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.ledger.leaves import leaf_hash
from qaita.ledger.trees import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    is_consistent,
    root_from_inclusion,
    root_hash,
)


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = naive_root(leaves[:split]), naive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def reader(leaves: list[bytes]):
    def read(height: int, index: int) -> bytes:
        return naive_root(leaves[index << height : (index + 1) << height])

    return read


LEAVES = [str(number).encode() for number in range(70)]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_hash(reader([]), 0) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(1, 70))
def test_roots_equal_the_definition(size):
    assert root_hash(reader(LEAVES[:size]), size) == naive_root(LEAVES[:size])


@given(st.integers(1, 70), st.data())
def test_every_inclusion_path_leads_to_the_root(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(reader(LEAVES[:size]), index, size)
    found = root_from_inclusion(leaf_hash(LEAVES[index]), index, size, path)
    assert found == naive_root(LEAVES[:size])
    wrong = root_from_inclusion(leaf_hash(b"other"), index, size, path)
    assert wrong != naive_root(LEAVES[:size])


@given(st.integers(1, 70), st.data())
def test_every_consistency_path_holds_and_a_changed_past_does_not(size, data):
    old = data.draw(st.integers(1, size))
    path = consistency_path(reader(LEAVES[:size]), old, size)
    roots = naive_root(LEAVES[:old]), naive_root(LEAVES[:size])
    assert is_consistent(old, roots[0], size, roots[1], path)
    changed = naive_root([b"changed", *LEAVES[1:old]])
    assert not is_consistent(old, changed, size, roots[1], path)


def test_a_leaf_outside_the_log_has_no_path():
    with pytest.raises(ValueError, match="not in a log"):
        inclusion_path(reader(LEAVES), 70, 70)
