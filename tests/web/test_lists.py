"""Lists: filters, order, pages, downloads."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from qaita.kernel.cells import safe_text
from qaita.territory.models import Region, Settlement
from qaita.web.downloads import as_csv, as_xlsx
from qaita.web.few import few, part_of
from qaita.web.lists import Choice, Column, Listing, Text, make_listing, show_listing
from qaita.web.reckoned import Reckoned

LOADED = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = Listing(
    "places",
    columns=(
        Column("name", "Name", value=lambda row: row.name_en, sort="name_en"),
        Column("people", "People", lambda row: row.population, sort="population", align="num"),
        Column("region", "Region", lambda row: row.region.name_en),
    ),
    filters=(
        Choice("region", "Region", (("10", "Abai"), ("11", "Akmola")), lookup="region__kato"),
        Text("q", "Search", ("name_en", "name_kk")),
    ),
    order="-population",
    per_page=10,
)


@pytest.fixture
def places(db) -> None:
    regions = [
        Region.objects.create(kato=kato, iso=f"KZ-{kato}", name_kk=n, name_ru=n, name_en=n)
        for kato, n in (("10", "Abai"), ("11", "Akmola"))
    ]
    Settlement.objects.bulk_create(
        Settlement(
            code=f"S{n:03}",
            region=regions[n % 2],
            name_kk=f"Ауыл {n}",
            name_ru=f"Село {n}",
            name_en="=HYPERLINK(1)" if n == 7 else f"Village {n:02}",
            lon_deg=70,
            lat_deg=50,
            loaded_at=LOADED,
            population=n // 2 * 100,
        )
        for n in range(35)
    )


def ask(**words: str) -> HttpRequest:
    request = RequestFactory().get("/en/places/", words)
    request.htmx = False
    return request


def shown(**words: str):
    return make_listing(ask(**words), PLACES, Settlement.objects.select_related("region"))


def names(listing) -> list[str]:
    return [row[0].text for row in listing.rows]


def test_pages_follow_the_standing_order_and_never_overlap(places) -> None:
    seen = [name for page in "1234" for name in names(shown(page=page))]
    assert len(seen) == 35 == len(set(seen))
    assert seen[0] == "Village 34"
    assert shown().headings[1].sorted == "descending"


def test_a_click_on_a_head_turns_the_order_round(places) -> None:
    first = shown(sort="name")
    assert names(first)[:2] == ["=HYPERLINK(1)", "Village 00"]
    assert first.headings[0].sorted == "ascending"
    assert "sort=-name" in first.headings[0].url
    assert names(shown(sort="-name"))[0] == "Village 34"


def test_filters_narrow_and_stay_in_every_link(places) -> None:
    listing = shown(region="11", q="village 1")
    assert names(listing) and all("1" in name for name in names(listing))
    assert listing.filtered
    assert "region=11" in listing.csv_url and "q=village+1" in listing.headings[0].url


@pytest.mark.parametrize(
    "words",
    [
        {"region": "99"},
        {"sort": "region__password"},
        {"page": "-5"},
        {"page": "x" * 300},
        {"q": "a\0b" * 500},
        {"sort": "-"},
    ],
)
def test_a_foolish_question_gets_a_page(places, words) -> None:
    assert shown(**words).page.number >= 1


def test_a_page_of_the_list_costs_two_questions(places, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        shown(page="2")


def test_csv_holds_all_rows_and_no_formula(places) -> None:
    answer = as_csv("places", PLACES.columns, Settlement.objects.select_related("region"))
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 36
    assert "'=HYPERLINK(1)" in {row[0] for row in rows}


def test_xlsx_keeps_numbers_and_writes_text_as_text(places) -> None:
    answer = as_xlsx("places", PLACES.columns, Settlement.objects.select_related("region"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    table = rows.to_python()
    assert len(table) == 36
    assert {type(row[1]) for row in table[1:]} == {float}
    assert "=HYPERLINK(1)" in {row[0] for row in table}


@pytest.mark.parametrize("text", ["=1+1", "+7 701", "-5", "@x", "\tx", "\rx"])
def test_what_looks_like_a_formula_is_defused(text) -> None:
    assert safe_text(text) == f"'{text}"


def test_a_download_respects_the_filters(places) -> None:
    answer = show_listing(
        ask(region="10", format="csv"), PLACES, Settlement.objects.select_related("region"), ""
    )
    lines = b"".join(answer).decode().strip().splitlines()
    assert len(lines) == 1 + 18


def test_the_fragment_is_part_of_the_page(places) -> None:
    request = RequestFactory().get("/en/places/", headers={"HX-Target": "section#list-places"})
    request.htmx = True
    rows = Settlement.objects.select_related("region")
    fragment = show_listing(request, PLACES, rows, "").content.decode().strip()
    assert fragment.startswith('<section id="list-places"')
    assert 'aria-sort="descending"' in fragment


@dataclass(frozen=True)
class Told:
    """A row that is reckoned, not stored."""

    project: Region
    rate: float | None


RATES = Listing(
    "rates",
    columns=(
        Column("name", "Name", value=lambda row: row.project.name_en, sort="project__name_en"),
        Column("rate", "Rate", value=lambda row: row.rate, sort="rate", align="num"),
    ),
    filters=(
        Choice("region", "Region", (("10", "Abai"), ("11", "Akmola")), lookup="project__kato",
               groups=(("all", "Both", ("10", "11")),)),
        Text("q", "Search", ("project__name_en", "project__name_kk")),
    ),
    order="-rate",
    per_page=2,
)  # fmt: skip


def told() -> Reckoned:
    regions = [
        Region(kato=kato, name_kk=name, name_en=name)
        for kato, name in (("10", "Abai"), ("11", "Akmola"), ("12", "Aktobe"))
    ]
    return Reckoned([Told(regions[n % 3], None if n == 4 else float(n)) for n in range(6)])


def rates(**words: str) -> list[object]:
    return [row[1].text for row in make_listing(ask(**words), RATES, told()).rows]


def test_reckoned_rows_sort_and_page_as_stored_ones_do() -> None:
    assert rates() == [5.0, 3.0] and rates(page="3") == [0.0, None]
    assert rates(sort="rate") == [0.0, 1.0] and rates(sort="rate", page="3") == [5.0, None]


def test_reckoned_rows_narrow_by_choice_group_and_words() -> None:
    assert rates(region="11") == [1.0, None]
    assert make_listing(ask(region="all"), RATES, told()).page.paginator.count == 4
    assert rates(q="AKTO") == [5.0, 2.0]
    assert rates(q="nowhere") == [] and rates(region="99") == [5.0, 3.0]


def test_reckoned_rows_download_whole_and_narrowed() -> None:
    answer = show_listing(ask(format="csv", region="10"), RATES, told(), "none.html")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines == ["\ufeffName,Rate", "Abai,3.0", "Abai,0.0"]


def test_few_of_many_are_counted_and_all_of_few_are_not(places, django_assert_num_queries):
    rows = Settlement.objects.order_by("pk")
    total = rows.count()
    with django_assert_num_queries(1):
        assert not few(rows, total).is_cut
    with django_assert_num_queries(2):
        some = few(rows, 2)
        assert (len(some.rows), some.total, some.is_cut) == (2, total, True)
    page = render_to_string("lists/_few.html", {"few": some, "url": "/all/"})
    assert f'Shown: 2 of {total}. <a href="/all/">' in page
    assert few(list(rows), 2).total == total


def test_rows_without_a_list_of_their_own_are_turned_over_on_the_page(places):
    rows = Settlement.objects.order_by("pk")
    total = rows.count()
    for asked, first, says in (
        ("", 1, '<a href="?near=2#near" rel="next">'),
        ("?near=2", 6, '<a href="?near=1#near" rel="prev">'),
        ("?near=many", 1, f"1–5 of {total}"),
        ("?near=-7", total - (total - 1) % 5, f"of {total}"),
    ):
        part = part_of(RequestFactory().get(f"/{asked}"), rows, 5, key="near")
        assert part.start_index() == first
        assert says in render_to_string("lists/_parts.html", {"part": part, "key": "near"})
