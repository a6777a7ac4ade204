"""Every figure of the portal leads to its rows, and every citation to its place in the ledger."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from django.test import Client

from qaita.disclosure.publishing.pages import public_pages
from qaita.ledger.models import Entry
from qaita.ledger.queries import root_at
from qaita.networks.models import Section
from qaita.producers.models import Product
from qaita.turmys.models import Outage
from qaita.web.ledger.actions import action_label
from qaita.web.ledger.facts import fact_name
from qaita.works.models import Act
from tests.disclosure.leading import Found, faults_of, read_figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country"), pytest.mark.slow]

EACH = 3  # things of a kind whose pages are made when somebody asks
NONE_FITS = "Nothing fits these filters."


def pages() -> Iterator[str]:
    """Return what is published, and a few of what is made when somebody asks for it."""
    yield from (page.path for page in public_pages())
    yield from ("acts/", "catalogue/", "effects/", "data-sets/", "ledger-book/", "outages/")
    for folder, rows in (
        ("acts", Act.objects.exclude(state="drafted")),
        ("catalogue", Product.objects.all()),
        ("outages", Outage.objects.all()),
        ("sections", Section.objects.filter(born_of="")),
        ("trace", Section.objects.exclude(born_of="")),
    ):
        codes = rows.order_by("code").values_list("code", flat=True)[:EACH]
        yield from (f"{folder}/{code}/" for code in codes)


@cache
def text_of(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode() if "html" in answer["Content-Type"] else ""


@cache
def figures() -> dict[str, Found]:
    return {path: read_figures(text_of(f"/en/{path}")) for path in pages()}


def shape_of(url: str) -> str:
    """Return the address without codes and without the values it asks for."""
    return re.sub(r"=[^&]*|[A-Z]{2}-[0-9A-Z]+|\d+", "", url)


def test_no_figure_of_the_portal_leads_nowhere():
    wrong = [f"{path}: {fault}" for path in pages() for fault in faults_of(text_of(f"/en/{path}"))]
    assert not wrong, "\n".join(wrong)
    assert sum(len(found.figures) for found in figures().values()) > 200


def test_the_rows_behind_a_figure_are_there():
    """A figure above nothing opens a list that holds something; no link is dead."""
    alike: dict[str, dict[str, str]] = defaultdict(dict)
    for path, found in figures().items():
        narrowed = [one for one in found.told if "?" in one[1]]
        for value, url in (*found.figures, *narrowed):
            if re.search("[1-9]", value) and not url.startswith(("#", "http", "/api/")):
                whole = f"/en/{path}{url}" if url.startswith("?") else url.partition("#")[0]
                alike[shape_of(whole)].setdefault(whole, f"{path}: {value.strip()}")
    places = {url: said for same in alike.values() for url, said in islice(same.items(), EACH)}
    assert len(places) > 30
    wrong = [f"{said}: {url} is empty" for url, said in places.items() if NONE_FITS in text_of(url)]
    assert not wrong, "\n".join(wrong)


def test_a_citation_leads_to_the_entry_that_stands_at_this_height():
    cited = {url for found in figures().values() for url in found.heights}
    assert cited, "no page cites the ledger"
    for url in sorted(cited)[:20]:
        index = int(url.rstrip("/").rpartition("/")[2])
        assert f"{index + 1:,}" in text_of(url), url


def test_every_entry_of_the_ledger_is_told_in_words():
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert not {kind for kind in kinds if action_label(kind) == kind}
    leaves = (json.loads(leaf) for leaf in Entry.objects.values_list("leaf", flat=True))
    names = {name for leaf in leaves for name in (*leaf["facts"], *leaf.get("sealed", ()))}
    assert len(names) > 100
    assert not {name for name in names if fact_name(name) == name}


def test_an_entry_shows_its_height_and_the_root_of_the_log_there():
    page = text_of("/en/ledger-book/41/")
    assert "the ledger holds 42 entries" in page
    assert root_at(42).replace("+", "&#x2B;") in page or root_at(42) in page


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        ('<p class="q-num">7 <small>km</small></p>', "no link"),
        ('<p class="q-num"><a href="">7</a></p>', "no link"),
        ('<p class="q-num"><a href="#rows">7</a></p>', "is not on the page"),
        ("<p>In all 1,234.5 km were laid.</p>", "1,234.5 km"),
        ("<dl><dt>Paid</dt><dd>5.2 bn ₸</dd></dl>", "5.2 bn ₸"),
        ("<ul><li>61% of the length</li></ul>", "61%"),
        ('<svg><path d="M0"/><use href="#i"/></svg><br/><p>9 km</p>', "9 km"),
    ],
)
def test_a_figure_that_leads_nowhere_is_noticed(piece, fault):
    found = faults_of(f"<body><main>{piece}</main></body>")
    assert len(found) == 1 and fault in found[0]


@pytest.mark.parametrize(
    "piece",
    [
        '<p class="q-num"><a href="#rows">7 <small>km</small></a></p><table id="rows"></table>',
        '<p>In all <a href="/en/acts/">1,234.5 km</a> were laid.</p>',
        '<dl data-row="LT-1"><dt>Estimate</dt><dd>5.2 bn ₸</dd></dl>',
        '<ul><li><a href="/en/projects/AP-1/">AP-1</a> · 3 km</li></ul>',
        "<table><tr><td>61%</td></tr></table><p>12 projects in 5 km² of town, 7 mm</p>",
    ],
)
def test_what_leads_to_its_rows_is_let_be(piece):
    assert faults_of(f"<body><main>{piece}</main></body>") == []
