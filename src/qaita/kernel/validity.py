"""Half-open spans of days: from `since` inclusive to `until` exclusive."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to, but without, `until`; None is open."""

    since: date | None
    until: date | None

    def holds(self, on: date) -> bool:
        """Tell whether the day lies in the span."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    def meets(self, other: "Span") -> bool:
        """Tell whether two spans share a day."""
        starts_before = self.since is None or other.until is None or self.since < other.until
        ends_after = self.until is None or other.since is None or other.since < self.until
        return starts_before and ends_after
