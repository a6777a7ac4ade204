"""How high the ledger stood when something last changed what a page tells."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, Model

from qaita.accounts.models import Organisation
from qaita.ledger.models import Entry
from qaita.networks.models import Failure, Import, Inspection, Network, Section, UtilityService
from qaita.programme.models import Project
from qaita.turmys.models import Incident, Outage
from qaita.works.models import Act

AT_ONCE = 500
EVERYWHERE = "*"


class Where(NamedTuple):
    """How a thing's region, and its utility and network where it has them, are found."""

    model: type[Model]
    region: str
    utility: str = ""
    network: str = ""
    is_everywhere: bool = True  # while it has no region


OWNER = "utility_service__organisation__code"
# what an entry is about → where it happened; what is not here happened everywhere
WHERE = {
    "section": Where(Section, "region_kato", f"network__{OWNER}", "network__code"),
    "network": Where(Network, "region__kato", OWNER, "code"),
    "import": Where(Import, "utility_service__region__kato", OWNER, "network__code"),
    "utility_service": Where(UtilityService, "region__kato", "organisation__code"),
    # a customer's or a supplier's office concerns no region
    "organisation": Where(Organisation, "region__kato", "code", is_everywhere=False),
    "failure": Where(
        Failure, "section__region_kato", f"section__network__{OWNER}", "section__network__code"
    ),
    "inspection": Where(Inspection, "section__region_kato", f"section__network__{OWNER}"),
    "project": Where(Project, "region__kato", "utility__code"),
    "act": Where(Act, "site__project__region__kato", "site__project__utility__code"),
    "outage": Where(Outage, "region_kato"),
    "incident": Where(Incident, "region_kato"),
}


class Heights:
    """The newest place in the log of every kind, of the codes that are asked about, of places."""

    def __init__(self, codes: Iterable[str], happening: tuple[str, ...] = ()) -> None:
        """Ask the ledger once for all; `happening` are the kinds that count for a place."""
        placed = Entry.objects.filter(index__isnull=False).order_by()
        kinds = placed.values_list("kind").annotate(top=Max("index"))
        self.by_kind = {kind: int(top) + 1 for kind, top in kinds}
        self.by_code: dict[str, int] = {}
        for some in _parts(sorted(set(codes))):
            rows = placed.filter(code__in=some)
            for code, top in rows.values_list("code").annotate(top=Max("index")):
                self.by_code[code] = int(top) + 1
        self.by_place: dict[str, int] = defaultdict(int)
        for place, height in _happened(
            [kind for kind in self.by_kind if kind.startswith(happening)]
        ):
            self.by_place[place] = max(self.by_place[place], height)

    @property
    def top(self) -> int:
        """The height of the log."""
        return max(self.by_kind.values(), default=0)

    def instants(self, heights: Iterable[int]) -> dict[int, datetime]:
        """Return when the last entry below each of these heights was made."""
        last = Entry.objects.filter(index__in=[height - 1 for height in set(heights)])
        return {(index or 0) + 1: at for index, at in last.values_list("index", "at")}

    def of(
        self,
        kinds: tuple[str, ...],
        codes: Iterable[str] = (),
        places: Collection[str] = (),
    ) -> int:
        """Return the height after the last entry of these kinds or about these codes.

        A place (kato of a region, code of a utility or network) hears of what happens there and
        everywhere.
        """
        heard = [top for kind, top in self.by_kind.items() if kind.startswith(kinds)]
        heard += [self.by_code[code] for code in codes if code in self.by_code]
        if places:
            heard += [self.by_place.get(place, 0) for place in (*places, EVERYWHERE)]
        return max(heard, default=0)


def _happened(kinds: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Return the places where something of these kinds happened, with its height."""
    rows = Entry.objects.filter(index__isnull=False, kind__in=kinds).order_by()
    tops: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, code, top in rows.values_list("kind", "code").annotate(top=Max("index")):
        about = tops[kind.partition(".")[0]]
        about[code] = max(about.get(code, 0), int(top) + 1)
    for noun, found in tops.items():
        places = _places(WHERE[noun], sorted(found)) if noun in WHERE else {}
        for code, height in found.items():
            for place in places.get(code, (EVERYWHERE,)):
                yield place, height


def _places(where: Where, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the region, utility and network of each thing; none for what is everywhere."""
    paths = [path for path in (where.region, where.utility, where.network) if path]
    found: dict[str, tuple[str, ...]] = {}
    rows: Any = where.model._default_manager.order_by()
    for some in _parts(codes):
        for code, *places in rows.filter(code__in=some).values_list("code", *paths):
            if places[0] or not where.is_everywhere:
                found[code] = tuple(place for place in places if place)
    return found


def _parts(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE))
