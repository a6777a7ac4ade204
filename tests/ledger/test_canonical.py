"""Leaves are RFC 8785, whichever way they are written."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from qaita.ledger.canonical import canonical_bytes

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_the_bytes_are_those_of_the_library(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_keys_beyond_ascii_sort_by_utf_16_and_controls_are_escaped():
    assert canonical_bytes({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()
    assert canonical_bytes(['\x00\x1f\x7f\u2028"\\/\b\n']) == (
        '["\\u0000\\u001f\x7f\u2028\\"\\\\/\\b\\n"]'.encode()
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 2**53 + 1, {1: 2}, "\ud800"])
def test_what_json_cannot_say_exactly_is_refused(bad):
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes({"a": bad})
