"""Columns of a plan's files are read as they lie, whatever pieces they lie in."""

import numpy as np
import pyarrow as pa
import pytest

from qaita.planning.queries.country_columns import codes_of, words_of

CODES = [f"PK-{number:012d}" for number in range(9)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("parts", [[CODES], [CODES[:4], [], CODES[4:]], [[]], []])
def test_codes_come_as_bytes(kind, parts):
    column = pa.chunked_array([pa.array(part, kind) for part in parts], kind)
    wanted = [code for part in parts for code in part]
    assert codes_of(column).astype("U16").tolist() == wanted
    assert codes_of(column.slice(2)).astype("U16").tolist() == wanted[2:]


def test_codes_of_several_lengths_are_padded():
    column = pa.chunked_array([["A-1", "A-12345"], ["B"]])
    assert codes_of(column).tolist() == [b"A-1", b"A-12345", b"B"]


def test_words_are_told_by_their_places():
    column = pa.chunked_array([["joint", None, "replace"], ["replace", "joint"]])
    places, words = words_of(column)
    assert np.array(words)[places].tolist() == ["joint", "", "replace", "replace", "joint"]
    assert words_of(pa.chunked_array([], pa.string()))[0].tolist() == []
