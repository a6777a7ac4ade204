"""Rows that are reckoned and not stored (effects, late steps, rows put aside), for a list."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

ANY_OF = "__in"


def value_at(row: Any, path: str) -> Any:
    """Return what lies at the path: attributes or keys, parted by two underscores."""
    for name in path.split("__"):
        if row is None:
            return None
        row = row.get(name) if isinstance(row, dict) else getattr(row, name)
    return row


class Reckoned(Sequence[Any]):
    """Rows in the memory that narrow, sort and are cut as those of the database do."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = list(rows)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self.rows[at]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def filter(self, **wanted: Any) -> "Reckoned":
        """Keep the rows with these values; `path__in` asks for any of several."""
        rows = self.rows
        for path, value in wanted.items():
            several = path.endswith(ANY_OF)
            asked = set(value) if several else {value}
            place = path.removesuffix(ANY_OF)
            rows = [row for row in rows if value_at(row, place) in asked]
        return Reckoned(rows)

    def having(self, word: str, paths: Sequence[str]) -> "Reckoned":
        """Keep the rows in which the word stands at one of the paths, whatever its case."""
        sought = word.casefold()
        return Reckoned(
            [
                row
                for row in self.rows
                if any(sought in str(value_at(row, path) or "").casefold() for path in paths)
            ]
        )

    def sorted_by(self, path: str, *, down: bool) -> "Reckoned":
        """Order the rows by a value; those without one come last either way, ties stay."""
        known = [row for row in self.rows if value_at(row, path) is not None]
        bare = [row for row in self.rows if value_at(row, path) is None]
        return Reckoned([*sorted(known, key=lambda row: value_at(row, path), reverse=down), *bare])
