"""Lists: filters, sorting, pages and downloads of any rows, the same way on every page.

    SECTIONS = Listing(
        "sections",
        columns=(
            Column("code", _("Code"), value=lambda row: row.code, sort="code", link=section_url),
            Column("size", _("Length, m"), lambda row: row.length_m, sort="length_m", align="num"),
        ),
        filters=(Choice("state", _("State"), STATES), Text("q", _("Search"), ("code", "name_kk"))),
        order="code",
    )
    return show_listing(request, SECTIONS, queryset, "networks/sections.html", {"title": …})

The template extends a base and says {% include "lists/_list.html" %}. Address words: the filter's
name, `sort` (a minus first turns it round), `page`, `format` (csv or xlsx).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from qaita.web.downloads import as_csv, as_xlsx
from qaita.web.formats import day_text, instant_words
from qaita.web.reckoned import Reckoned

Words = str | Promise
Rows = QuerySet[Any] | Reckoned
Options = Sequence[tuple[str, Words]]
Group = tuple[str, Words, Sequence[str]]  # a value, its words, what it stands for
PER_PAGE = 25
MAX_TEXT = 100
# a public code is never broken at its hyphen, a day never before its hour
UNBROKEN = re.compile(r"[A-Z]{2}-[0-9A-Z]{6,12}|\d\d\.\d\d\.\d{4}(, \d\d:\d\d)?")
UNIT_IN_CELLS = re.compile(r", (₸|km|км|m|м)$")


@dataclass(frozen=True)
class Column:
    """One column: `value` is what a download gets, `show` (if given) what the page shows."""

    key: str
    title: Words
    value: Callable[[Any], Any]
    show: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    sort: str = ""
    align: str = ""
    in_files_only: bool = False


@dataclass(frozen=True)
class Choice:
    """A filter with a closed list of values; `options` may be a function called per request.

    `groups` are values that stand for several: (value, words, what it stands for).
    """

    key: str
    title: Words
    options: Options | Callable[[], Options]
    lookup: str = ""
    groups: Sequence[Group] = ()

    def pairs(self) -> Options:
        """Return the values with their words, groups first."""
        single = self.options() if callable(self.options) else self.options
        return [*((key, words) for key, words, _values in self.groups), *single]

    def narrow(self, rows: Any, value: str) -> Any:
        """Keep the rows with this value; an unknown value keeps none out of error."""
        if value not in {key for key, _words in self.pairs()}:
            return rows
        group = next((values for key, _words, values in self.groups if key == value), None)
        path = self.lookup or self.key
        return rows.filter(**({path: value} if group is None else {f"{path}__in": group}))


@dataclass(frozen=True)
class Text:
    """A filter by words found in any of the fields."""

    key: str
    title: Words
    fields: tuple[str, ...]

    def narrow(self, rows: Any, value: str) -> Any:
        """Keep the rows in which every word occurs somewhere."""
        for word in value[:MAX_TEXT].replace("\0", "").split():
            if isinstance(rows, Reckoned):
                rows = rows.having(word, self.fields)
                continue
            anywhere = Q()
            for name in self.fields:
                anywhere |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(anywhere)
        return rows


@dataclass(frozen=True)
class Listing:
    """How one kind of list looks."""

    name: str
    columns: Sequence[Column]
    filters: Sequence[Choice | Text] = ()
    order: str = ""
    per_page: int = PER_PAGE
    empty: Words = ""


@dataclass
class Cell:
    """One cell of the page."""

    title: Words
    text: Any
    url: str
    align: str


@dataclass
class Heading:
    """One column head: where a click leads and how the column is sorted now."""

    title: Words
    url: str
    sorted: str
    align: str


@dataclass
class Field:
    """One filter as the form shows it."""

    key: str
    title: Words
    value: str
    options: list[tuple[str, Words]] = field(default_factory=list)
    is_choice: bool = False


@dataclass
class Shown:
    """A list made ready for the template."""

    name: str
    fields: list[Field]
    headings: list[Heading]
    rows: list[list[Cell]]
    page: Page[Any]
    pages: list[tuple[str, str]]
    sort: str
    csv_url: str
    xlsx_url: str
    filtered: bool
    clean_url: str
    empty: Words


def sorted_rows(listing: Listing, rows: Rows, sort: str) -> Rows:
    """Order the rows by the asked column; ties fall by primary key so that pages never overlap."""
    path = sort.lstrip("-")
    known = {column.sort: column for column in listing.columns if column.sort}
    if path not in known:
        sort, path = listing.order, listing.order.lstrip("-")
    if not path:
        return rows
    if isinstance(rows, Reckoned):
        return rows.sorted_by(path, down=sort.startswith("-"))
    term = F(path).desc(nulls_last=True) if sort.startswith("-") else F(path).asc(nulls_last=True)
    return rows.order_by(term, "pk")


def _sort_asked(listing: Listing, asked: Mapping[str, str]) -> str:
    sort = asked.get("sort", "")
    keys = {column.key: column.sort for column in listing.columns if column.sort}
    path = keys.get(sort.lstrip("-"), "")
    return f"-{path}" if path and sort.startswith("-") else path


def _narrowed(listing: Listing, rows: Rows, asked: Mapping[str, str]) -> Rows:
    for one in listing.filters:
        if value := asked.get(one.key, "").strip():
            rows = one.narrow(rows, value)
    return rows


def _url(path: str, asked: Mapping[str, str], **changes: str | None) -> str:
    words = {**asked, **{key: value or "" for key, value in changes.items()}}
    kept = {key: value for key, value in words.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _fields(listing: Listing, asked: Mapping[str, str]) -> list[Field]:
    return [
        Field(one.key, one.title, asked.get(one.key, ""), list(one.pairs()), is_choice=True)
        if isinstance(one, Choice)
        else Field(one.key, one.title, asked.get(one.key, ""))
        for one in listing.filters
    ]


def _title(column: Column) -> Words:
    """Return the head of a column: cells that carry their unit need no unit above."""
    return UNIT_IN_CELLS.sub("", str(column.title)) if column.show else column.title


def _heading(column: Column, path: str, asked: Mapping[str, str], order: str) -> Heading:
    if not column.sort:
        return Heading(_title(column), "", "", column.align)
    now = asked.get("sort", "")
    down = now == f"-{column.key}" or (not now and order == f"-{column.sort}")
    up = now == column.key or (not now and order == column.sort)
    state = "descending" if down else "ascending" if up else "none"
    url = _url(path, asked, sort=f"-{column.key}" if up else column.key, page=None)
    return Heading(_title(column), url, state, column.align)


def _unbroken(text: str) -> str:
    """Return the classes of a cell that holds a code or a day; a day says on a phone what it is."""
    if not UNBROKEN.fullmatch(text):
        return ""
    return "nowrap q-day" if text[0].isdigit() else "nowrap"


def _written(value: Any) -> Any:
    """Return a day or an instant as people write it, whatever else as it is."""
    if isinstance(value, datetime):
        return instant_words(value, short=True)
    return day_text(value, short=True) if isinstance(value, date) else value


def _cell(column: Column, row: Any) -> Cell:
    text = _written((column.show or column.value)(row))
    plain = isinstance(text, str) and not isinstance(text, SafeString)
    align = column.align or (_unbroken(text) if plain else "")
    if plain:
        text = text.replace("№ ", "№\u00a0").replace("No. ", "No.\u00a0")
    return Cell(_title(column), text, column.link(row) if column.link else "", align)


def _cells(listing: Listing, row: Any) -> list[Cell]:
    return [_cell(column, row) for column in listing.columns if not column.in_files_only]


def _asked(request: HttpRequest, listing: Listing) -> dict[str, str]:
    names = [*(one.key for one in listing.filters), "sort", "page"]
    return {name: request.GET[name][:MAX_TEXT] for name in names if request.GET.get(name)}


def make_listing(request: HttpRequest, listing: Listing, rows: Rows) -> Shown:
    """Filter, sort and cut the rows for the template."""
    asked, path = _asked(request, listing), request.path
    narrowed = _narrowed(listing, rows, asked)
    ordered = sorted_rows(listing, narrowed, _sort_asked(listing, asked))
    paginator = Paginator(ordered, listing.per_page)
    page = paginator.get_page(asked.get("page"))
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Shown(
        name=listing.name,
        fields=_fields(listing, asked),
        headings=[
            _heading(one, path, asked, listing.order)
            for one in listing.columns
            if not one.in_files_only
        ],
        rows=[_cells(listing, row) for row in page.object_list],
        page=page,
        pages=[
            (str(n), _url(path, asked, page=str(n)) if isinstance(n, int) else "") for n in numbers
        ],
        sort=asked.get("sort", ""),
        csv_url=_url(path, asked, page=None, format="csv"),
        xlsx_url=_url(path, asked, page=None, format="xlsx"),
        filtered=any(asked.get(one.key) for one in listing.filters),
        clean_url=path,
        empty=listing.empty,
    )


def show_listing(
    request: HttpRequest,
    listing: Listing,
    rows: Rows,
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Answer a list page, its fragment for htmx, or its download."""
    form = request.GET.get("format", "")
    if form in {"csv", "xlsx"}:
        asked = _asked(request, listing)
        chosen = sorted_rows(listing, _narrowed(listing, rows, asked), _sort_asked(listing, asked))
        return (as_csv if form == "csv" else as_xlsx)(listing.name, listing.columns, chosen)
    shown = make_listing(request, listing, rows)
    whole = {**(context or {}), "list": shown, "uses_htmx": True}
    fragment = getattr(request, "htmx", False) and request.headers.get("HX-Target", "").endswith(
        f"list-{listing.name}"
    )
    answer: HttpResponse = render(request, "lists/_list.html" if fragment else template, whole)
    answer.headers["Vary"] = ", ".join(filter(None, [answer.headers.get("Vary"), "HX-Request"]))
    return answer
