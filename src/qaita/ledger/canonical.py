"""Canonical JSON (RFC 8785): the few types it knows, everything else as text; and its bytes."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rfc8785

from qaita.kernel.clock import instant_text

EXACT = 2**53  # whole numbers beyond it are not exact in JSON


def json_value(value: Any) -> Any:
    """Return the value in the few types canonical JSON knows; decimals become text."""
    if value is None or type(value) in (bool, str, int, float):
        return value
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(item) for item in value]
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(getattr(value, "code", value))


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 form of a plain value.

    Without floats and with ASCII keys the standard encoder's sorted output is that form, and ten
    times as quick; everything else goes to the library.
    """
    if _is_simple(value):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    return rfc8785.dumps(value)


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-EXACT < value < EXACT)
    if kind is dict:
        simple = all(type(key) is str and key.isascii() for key in value)
        return simple and all(map(_is_simple, value.values()))
    return kind is list and all(map(_is_simple, value))
