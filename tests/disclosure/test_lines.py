"""The lines of the open data come in pieces, and make one whole file."""

import json

import pytest

from qaita.disclosure.bulk.lines import CHUNK, collection


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1])
def test_pieces_make_one_collection(count):
    pieces = list(collection({"type": "Feature", "id": f"SC-{n}"} for n in range(count)))
    found = json.loads(b"".join(pieces))
    assert [one["id"] for one in found["features"]] == [f"SC-{n}" for n in range(count)]
    assert len(pieces) == 2 + -(-count // CHUNK)
