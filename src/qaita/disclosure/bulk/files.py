"""The files of open data: their names, what they tell, and how they are made."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.disclosure.bulk import tables
from qaita.disclosure.bulk.lines import (
    HEAD,
    JOINT,
    TAIL,
    collection,
    features_of_network,
    project_features,
)
from qaita.disclosure.bulk.pieces import KINDS, Pieces
from qaita.disclosure.contracting import LICENCE, oc4ids_package, ocds_package, releases
from qaita.disclosure.contracting.parts import Place, in_english
from qaita.kernel.cells import cell_value
from qaita.kernel.clock import day_of, instant_text
from qaita.kernel.remembering import asked_once

LICENCE_NAME = "CC BY 4.0"
LARGE_EVERY_S = 600  # how often the files joined of pieces are brought up
GROUND = ("section.", "network.", "import.", "inspection.", "failure.", "demonstration.")
BUYING = ("tender.", "bid.", "award.", "contract.", "amendment.", "complaint.", "question.")
PROJECT = ("project.", "instrument.", "tariff.")
BUILT = ("act.", "payment.")


@dataclass(frozen=True)
class BulkFile:
    """One file: made with the pages, or, when it is joined of pieces, once in a while."""

    name: str
    title: str | Promise
    kinds: tuple[str, ...]
    pieces: Callable[[Place, date], Iterable[bytes]]  # a country's sections fit in no memory
    joined: Pieces | None = None

    def make(self, place: Place, on: date) -> bytes:
        """Return the whole file at once."""
        return b"".join(self.pieces(place, on))

    @property
    def media_type(self) -> str:
        """What the file is, for machines."""
        return MEDIA_TYPES[self.name.rpartition(".")[2]]


MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
}


def as_json(body: dict[str, Any]) -> bytes:
    """Return the bytes of a package: the same content always makes the same bytes."""
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def as_line(body: dict[str, Any]) -> str:
    """Return one release as a line."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_of(table: tables.Table, on: date) -> Iterator[bytes]:
    """Return a table as CSV: UTF-8 with a mark, so that spreadsheets read Kazakh letters."""
    yield _headings(table.columns)
    yield from _rows(table.rows(on))


def _headings(columns: Sequence[str]) -> bytes:
    return b"\xef\xbb\xbf" + b"".join(_rows([columns]))


def _rows(rows: tables.Rows) -> Iterator[bytes]:
    held = io.StringIO()
    writer = csv.writer(held)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell_value(cell) for cell in row])
        if number % tables.CHUNK == 0:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


# the country's sections: the only files that may lag behind the ledger, see LARGE_EVERY_S
SECTIONS_CSV = Pieces(
    lambda network: b"".join(_rows(tables.sections_of_network(network))),
    head=_headings(tables.SECTION_COLUMNS),
)
SECTIONS_GEOJSON = Pieces(
    features_of_network, head=HEAD.encode(), joint=JOINT.encode(), tail=TAIL.encode()
)


def _table(table: tables.Table) -> Callable[[Place, date], Iterable[bytes]]:
    return lambda _place, on: csv_of(table, on)


def _joined(name: str, title: Promise, pieces: Pieces) -> BulkFile:
    return BulkFile(name, title, KINDS, lambda _place, _on: pieces.whole(), pieces)


@asked_once
def _releases(place: Place) -> list[dict[str, Any]]:
    return list(releases(place))


def _newest(place: Place, _on: date) -> Iterator[bytes]:
    yield as_json(ocds_package(place, _releases(place)))


def _lines(place: Place, _on: date) -> Iterator[bytes]:
    yield from (as_line(one).encode() for one in _releases(place))


def _oc4ids(place: Place, _on: date) -> Iterator[bytes]:
    yield as_json(oc4ids_package(place, _releases(place)))


def bulk_files() -> tuple[BulkFile, ...]:
    """Return every file of the open data."""
    return (
        BulkFile("projects.csv", _("Projects"), PROJECT, _table(tables.PROJECTS)),
        BulkFile("tenders.csv", _("Tenders"), BUYING, _table(tables.TENDERS)),
        BulkFile("contracts.csv", _("Contracts"), BUYING, _table(tables.CONTRACTS)),
        BulkFile("payments.csv", _("Payments"), BUILT, _table(tables.PAYMENTS)),
        BulkFile("acts.csv", _("Acts of acceptance"), BUILT, _table(tables.ACTS)),
        BulkFile(
            "ocds/package.json", _("Purchases, OCDS 1.1.5: the newest releases"),
            (*PROJECT, *BUYING, *BUILT), _newest,
        ),
        BulkFile(
            "ocds/releases.jsonl", _("Purchases, OCDS 1.1.5: every release, one a line"),
            (*PROJECT, *BUYING, *BUILT), _lines,
        ),
        BulkFile(
            "oc4ids/package.json", _("Projects, OC4IDS 0.9.5"),
            (*PROJECT, *BUYING, *BUILT), _oc4ids,
        ),
        _joined("sections.csv", _("Sections of networks"), SECTIONS_CSV),
        BulkFile(
            "utilities-wear.csv", _("Wear by utility and service"), GROUND,
            _table(tables.UTILITY_WEAR),
        ),
        BulkFile(
            "producers.csv", _("Register of producers"), ("producer.", "product."),
            _table(tables.PRODUCERS),
        ),
        BulkFile(
            "products.csv", _("Catalogue of products"), ("producer.", "product."),
            _table(tables.PRODUCTS),
        ),
        _joined("sections.geojson", _("Sections of networks with their lines"), SECTIONS_GEOJSON),
        BulkFile(
            "projects.geojson", _("Projects with the sections they renew"),
            (*PROJECT, "section."),
            lambda _place, _on: collection(project_features()),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class State:
    """The state of the log that is published: its height, and what it last told of each file."""

    height: int
    on: date
    newest: Mapping[str, int]  # file → the height from which nothing later changes it
    instants: Mapping[int, datetime]  # height → when its last entry was made


def describe(made: dict[str, Any], place: Place, state: State) -> dict[str, Any]:
    """Return the list of files with everything needed to cite and to check them."""
    return {
        "publisher": "Qaita",
        "licence": LICENCE_NAME,
        "licence_url": LICENCE,
        "date": state.on.isoformat(),
        "ledger_height": state.height,
        "checkpoint": f"{place.address}/ledger/checkpoint",
        "files": [
            {
                "name": file.name,
                "url": f"{place.address}/data/{file.name}",
                "title": _title(file),
                "media_type": file.media_type,
                "bytes": made[file.name]["bytes"],
                "sha256": made[file.name]["sha256"],
                **_standing(file, made[file.name]["height"], state),
                "licence": LICENCE_NAME,
            }
            for file in bulk_files()
        ],
    }


def _standing(file: BulkFile, height: int, state: State) -> dict[str, Any]:
    """Tell which state of the log a file holds, and which it will hold when it is made anew."""
    last, newest = state.instants.get(height), state.newest[file.name]
    is_behind = newest != height and last is not None
    day = day_of(last) if is_behind and last else state.on
    return {
        "ledger_height": height,
        "ledger_time": instant_text(last) if last else None,
        "newest_ledger_height": newest,
        "is_behind": newest != height,
        "date": day.isoformat(),
    }


def _title(file: BulkFile) -> str:
    with in_english():
        return str(file.title)
