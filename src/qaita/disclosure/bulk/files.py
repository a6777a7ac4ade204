"""The files of open data: their names, what they tell, and how they are made."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.disclosure.bulk import tables
from qaita.disclosure.bulk.lines import collection, project_features, section_features
from qaita.disclosure.contracting import LICENCE, oc4ids_package, ocds_package, releases
from qaita.disclosure.contracting.parts import Place, in_english
from qaita.kernel.cells import cell_value
from qaita.kernel.remembering import asked_once

LICENCE_NAME = "CC BY 4.0"
GROUND = ("section.", "network.", "import.", "inspection.", "failure.", "demonstration.")
BUYING = ("tender.", "bid.", "award.", "contract.", "amendment.", "complaint.", "question.")
PROJECT = ("project.", "instrument.", "tariff.")
BUILT = ("act.", "payment.")


@dataclass(frozen=True)
class BulkFile:
    """One file. `quick`: small enough to be made with the pages, not once in a while."""

    name: str
    title: str | Promise
    kinds: tuple[str, ...]
    pieces: Callable[[Place, date], Iterable[bytes]]  # a country's sections fit in no memory
    quick: bool = True

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
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(table.columns)
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(table.rows(on), start=1):
        writer.writerow([cell_value(cell) for cell in row])
        if number % tables.CHUNK == 0:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def _table(table: tables.Table) -> Callable[[Place, date], Iterable[bytes]]:
    return lambda _place, on: csv_of(table, on)


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
        BulkFile(
            "sections.csv", _("Sections of networks"), (*GROUND, "act."),
            _table(tables.SECTIONS), quick=False,
        ),
        BulkFile(
            "utilities-wear.csv", _("Wear by utility and service"), GROUND,
            _table(tables.UTILITY_WEAR), quick=False,
        ),
        BulkFile(
            "producers.csv", _("Register of producers"), ("producer.", "product."),
            _table(tables.PRODUCERS), quick=False,
        ),
        BulkFile(
            "products.csv", _("Catalogue of products"), ("producer.", "product."),
            _table(tables.PRODUCTS), quick=False,
        ),
        BulkFile(
            "sections.geojson", _("Sections of networks with their lines"), GROUND,
            lambda _place, _on: collection(section_features()), quick=False,
        ),
        BulkFile(
            "projects.geojson", _("Projects with the sections they renew"),
            (*PROJECT, "section."),
            lambda _place, _on: collection(project_features()), quick=False,
        ),
    )  # fmt: skip


def describe(made: dict[str, Any], place: Place, *, height: int, on: date) -> dict[str, Any]:
    """Return the list of files with everything needed to cite and to check them."""
    return {
        "publisher": "Qaita",
        "licence": LICENCE_NAME,
        "licence_url": LICENCE,
        "date": on.isoformat(),
        "ledger_height": height,
        "checkpoint": f"{place.address}/ledger/checkpoint",
        "files": [
            {
                "name": file.name,
                "url": f"{place.address}/data/{file.name}",
                "title": _title(file),
                "media_type": file.media_type,
                "bytes": made[file.name]["bytes"],
                "sha256": made[file.name]["sha256"],
                "ledger_height": made[file.name]["height"],
                "date": on.isoformat(),
                "licence": LICENCE_NAME,
            }
            for file in bulk_files()
        ],
    }


def _title(file: BulkFile) -> str:
    with in_english():
        return str(file.title)
