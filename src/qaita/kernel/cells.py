"""Values as cells of a table file: safe to open in a spreadsheet."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qaita.kernel.clock import instant_text

# a spreadsheet takes text that begins with one of these for a formula
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(value: object) -> str:
    """Return text no spreadsheet will run: an apostrophe goes before what looks like a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def cell_value(value: Any) -> str | int | float | Decimal:
    """Return a value for a file: numbers stay numbers, instants are RFC 3339, text is safe."""
    kind = type(value)  # plain text and numbers first: there are many millions of them
    if kind is str:
        return f"'{value}" if value.startswith(DANGEROUS) else str(value)
    if value is None or kind is float or kind is int:
        return "" if value is None else value
    return _rarer_value(value)


def _rarer_value(value: Any) -> str | int | float | Decimal:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, date):
        return instant_text(value) if isinstance(value, datetime) else value.isoformat()
    return safe_text(value)
