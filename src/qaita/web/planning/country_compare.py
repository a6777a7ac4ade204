"""Two plans of the country side by side: money, kilometres by service, value, gap, packages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Missing
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    Change,
    Marks,
    changes_between,
    counts_by_region,
    limit_rows,
    marks_between,
    require_files,
    spots_of,
)
from qaita.territory.models import Region
from qaita.web.lists import Choice, Column, Listing, show_listing
from qaita.web.middleware import Request
from qaita.web.planning.country import office_run
from qaita.web.planning.country_figures import (
    Cell,
    region_rows,
    service_rows,
    year_rows,
    years_of,
)
from qaita.web.planning.country_map import draw_pies
from qaita.web.planning.country_packages import METHODS
from qaita.web.planning.country_zoom import difference_marks

KINDS = (
    ("out", _("only in the first")),
    ("in", _("only in the second")),
    ("moved", _("another year or way")),
)


def _kind(change: Change) -> str:
    if change.second_year is None:
        return "out"
    return "in" if change.first_year is None else "moved"


@dataclass(frozen=True)
class ChangeRows:
    """The packages that two plans treat differently, as a list asks for them."""

    rows: Sequence[Change]

    def filter(self, *, kind: str) -> "ChangeRows":
        """Keep one kind of change."""
        return ChangeRows([row for row in self.rows if _kind(row) == kind])

    def count(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def __getitem__(self, part: slice) -> Sequence[Change]:
        """Return some of them."""
        return self.rows[part]

    def __iter__(self) -> Iterator[Change]:
        """Yield all of them."""
        return iter(self.rows)


CHANGES = Listing(
    "changes",
    columns=(
        Column("code", _("Package"), lambda row: row.code),
        Column("first", _("Year in the first"), lambda row: row.first_year or "–", align="num"),
        Column("second", _("Year in the second"), lambda row: row.second_year or "–", align="num"),
        Column(
            "first_method",
            _("Way in the first"),
            lambda row: METHODS.get(row.first_method, row.first_method) or "–",
        ),
        Column(
            "second_method",
            _("Way in the second"),
            lambda row: METHODS.get(row.second_method, row.second_method) or "–",
        ),
    ),
    filters=(Choice("kind", _("Kind of difference"), KINDS),),
    empty=_("Both plans treat every package alike."),
)


@login_required
def compare(request: Request, code: str, other: str) -> HttpResponseBase:
    """Show two runs side by side."""
    first, second = office_run(request, code), office_run(request, other)
    if first.value_kzt is None or second.value_kzt is None:
        raise Missing("run", other)
    require_files(first)
    require_files(second)
    changes = changes_between(first, second)
    counts = {kind: sum(_kind(one) == kind for one in changes) for kind, _words in KINDS}
    marks = marks_between(first, second)
    context = {
        "map": _map(marks),
        "legend": difference_marks(),
        "places": _places(marks),
        "first": first,
        "second": second,
        "years": _years(first, second),
        "services": _services(first, second),
        "regions": _regions(first, second),
        "counts": [(words, counts[kind]) for kind, words in KINDS],
    }
    rows: Any = ChangeRows(changes)
    return show_listing(request, CHANGES, rows, "planning/country_compare.html", context)


def _map(marks: Marks) -> SafeString | str:
    """Draw where the plans differ: spots by kind of difference."""
    kinds = {one.number: one for one in difference_marks()}
    tones = {number: one.tone for number, one in kinds.items()}
    points = spots_of(marks)
    if not points:
        return ""

    def said(number: int, packages: int) -> str:
        return f"{kinds[number].words}: {packages}"

    return draw_pies(points, tones, said, gettext("Map of differences"))


def _places(marks: Marks) -> list[tuple[Region, list[tuple[Any, int]]]]:
    """Return for every region in which the plans differ how many packages of each kind do."""
    counts = counts_by_region(marks)
    kinds = difference_marks()
    regions = Region.objects.filter(kato__in=counts).order_by("kato")
    return [
        (one, [(kind.words, counts[one.kato].get(kind.number, 0)) for kind in kinds])
        for one in regions
    ]


def _years(first: CountryRun, second: CountryRun) -> list[tuple[int, Decimal, Decimal]]:
    both = [{row.year: row.cost_kzt for row in year_rows(run, ())} for run in (first, second)]
    years = sorted({*years_of(first), *years_of(second)})
    nothing = Decimal(0)
    return [(year, both[0].get(year, nothing), both[1].get(year, nothing)) for year in years]


def _services(first: CountryRun, second: CountryRun) -> list[tuple[str, Cell, Cell]]:
    both = [{row.service: row.whole for row in service_rows(run)} for run in (first, second)]
    return [
        (s, both[0].get(s, Cell()), both[1].get(s, Cell())) for s in sorted({**both[0], **both[1]})
    ]


def _regions(first: CountryRun, second: CountryRun) -> list[tuple[Any, Decimal, Decimal]]:
    both = [
        {row.region: row.cost_kzt for row in region_rows(run, limit_rows(run))}
        for run in (first, second)
    ]
    regions = sorted({**both[0], **both[1]}, key=lambda region: region.kato)
    nothing = Decimal(0)
    return [(one, both[0].get(one, nothing), both[1].get(one, nothing)) for one in regions]
