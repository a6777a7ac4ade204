"""The few types canonical JSON (RFC 8785) knows, and everything else as text."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qaita.kernel.clock import instant_text


def plain_value(value: Any) -> Any:
    """Return the value in the few types canonical JSON knows; decimals become text."""
    if value is None or type(value) in (bool, str, int, float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item) for item in value]
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(getattr(value, "code", value))
