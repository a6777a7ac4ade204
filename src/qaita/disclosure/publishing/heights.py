"""How high the ledger stood when something last changed what a page tells."""

from collections.abc import Iterable

from django.db.models import Max

from qaita.ledger.models import Entry

AT_ONCE = 500


class Heights:
    """The newest place in the log of every kind, and of the codes that are asked about."""

    def __init__(self, codes: Iterable[str]) -> None:
        """Ask the ledger once for all."""
        placed = Entry.objects.filter(index__isnull=False).order_by()
        kinds = placed.values_list("kind").annotate(top=Max("index"))
        self.by_kind = {kind: int(top) + 1 for kind, top in kinds}
        self.by_code: dict[str, int] = {}
        wanted = sorted(set(codes))
        for start in range(0, len(wanted), AT_ONCE):
            rows = placed.filter(code__in=wanted[start : start + AT_ONCE])
            for code, top in rows.values_list("code").annotate(top=Max("index")):
                self.by_code[code] = int(top) + 1

    @property
    def top(self) -> int:
        """The height of the log."""
        return max(self.by_kind.values(), default=0)

    def of(self, kinds: tuple[str, ...], codes: Iterable[str] = ()) -> int:
        """Return the height after the last entry of these kinds or about these codes."""
        heard = [top for kind, top in self.by_kind.items() if kind.startswith(kinds)]
        heard += [self.by_code[code] for code in codes if code in self.by_code]
        return max(heard, default=0)
