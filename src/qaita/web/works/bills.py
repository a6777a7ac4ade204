"""The bill of quantities as a table: read from CSV with every fault named, and a template of it."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from qaita.kernel.cells import safe_text
from qaita.web.middleware import Request
from qaita.web.procurement.words import UNITS
from qaita.works.models import LineKind
from qaita.works.queries import contracts_without_site
from qaita.works.services import BillLine

COLUMNS = (
    "kind", "title_kk", "title_ru", "title_en", "unit", "estimate_quantity", "contract_quantity",
    "price_kzt",
)  # fmt: skip
TITLES = COLUMNS[1:4]
NUMBERS = {"estimate_quantity": 3, "contract_quantity": 3, "price_kzt": 2}  # digits kept
MOST_ROWS = 1_000
MOST_BYTES = 1_000_000
MOST_FAULTS = 20
LARGEST = Decimal(10) ** 11
TITLE_LENGTH = 250


class BillFaults(ValueError):
    """What is wrong with the table, sentence by sentence."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        super().__init__(*texts)


def read_bill(data: bytes) -> list[BillLine]:
    """Return the lines of a bill; raises BillFaults with every fault and its row."""
    rows = list(_rows(data))
    faults: list[str] = []
    lines = []
    for number, row in enumerate(rows, 2):
        line, texts = _line(row)
        faults += [_("Row %(row)s: %(fault)s") % {"row": number, "fault": text} for text in texts]
        if line is not None:
            lines.append(line)
    if not faults and sum(line.kind == LineKind.LENGTH for line in lines) != 1:
        faults.append(_("Exactly one line pays the length: its kind is “length”, its unit “m”."))
    if faults:
        raise BillFaults(faults[:MOST_FAULTS])
    return lines


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    if len(data) > MOST_BYTES:
        raise BillFaults([_("The file is larger than a megabyte.")])
    text = _decoded(data)
    first = text.partition("\n")[0]
    mark = max(";,\t", key=first.count)
    table = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        head = [name.strip().lower() for name in next(table, [])]
        missing = [name for name in COLUMNS if name not in head]
        if missing:
            raise BillFaults(
                [_("The first row lacks the columns: %(names)s.") % {"names": ", ".join(missing)}]
            )
        for number, cells in enumerate(table):
            if number >= MOST_ROWS:
                raise BillFaults([_("A bill holds %(most)s lines at most.") % {"most": MOST_ROWS}])
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(head) - len(cells))]
                yield {name: padded[at].strip() for at, name in enumerate(head)}
    except csv.Error as error:
        raise BillFaults([_("The file is no CSV table.")]) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BillFaults([_("The file is no CSV table.")])


def _line(row: dict[str, str]) -> tuple[BillLine | None, list[str]]:
    """Return the line of a row, or what is wrong with it."""
    numbers = {name: _number(row[name], digits) for name, digits in NUMBERS.items()}
    estimate, contract = numbers["estimate_quantity"], numbers["contract_quantity"]
    wrong_numbers = [name for name, value in numbers.items() if value is None]
    known_kind, unit = row["kind"] in LineKind.values, row["unit"]
    checks = (
        (not known_kind, _("kind is “length” or “other”.")),
        (row["kind"] == LineKind.LENGTH and unit != "m", _("a length is counted in “m”.")),
        (unit not in UNITS, _("unit is one of: %(units)s.") % {"units": ", ".join(UNITS)}),
        (not row["title_kk"] or not row["title_ru"], _("title_kk and title_ru are needed.")),
        (max(len(row[name]) for name in TITLES) > TITLE_LENGTH, _("a title is too long.")),
        (
            bool(wrong_numbers),
            _("a number from 0 is needed in: %(names)s.") % {"names": ", ".join(wrong_numbers)},
        ),
        (
            estimate is not None and contract is not None and contract > estimate,
            _("the contract takes more than the estimate."),
        ),
    )
    texts = [str(text) for broken, text in checks if broken]
    if texts or estimate is None or contract is None or numbers["price_kzt"] is None:
        return None, texts
    titles = (row["title_kk"], row["title_ru"], row["title_en"] or row["title_ru"])
    price = numbers["price_kzt"]
    return BillLine(titles, unit, estimate, contract, price, kind=row["kind"]), []


def _number(text: str, digits: int) -> Decimal | None:
    """Return a number as people write it, exact to so many digits; None for what is none."""
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    try:
        value = Decimal(plain)
        is_known = 0 <= value < LARGEST and value == round(value, digits)
    except (InvalidOperation, ValueError):
        return None
    return value if is_known else None


@login_required
def bill_template(request: Request, contract: str) -> HttpResponse:
    """Give the table to fill: the line that pays the length stands in it already."""
    found = get_object_or_404(contracts_without_site(request.actor), code=contract)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}-bill.csv"'
    writer = csv.writer(answer, delimiter=";")
    writer.writerow(COLUMNS)
    lot = found.lot
    price = (found.sum_kzt / lot.quantity).quantize(Decimal("0.01")) if lot.quantity else ""
    quantity = lot.quantity if lot.unit == "m" else ""
    words: tuple[str | Promise | Decimal, ...] = (
        LineKind.LENGTH.value, lot.title_kk, lot.title_ru, lot.title_en, "m", quantity, quantity,
        price if lot.unit == "m" else "",
    )  # fmt: skip
    writer.writerow([safe_text(str(word)) for word in words])
    return answer
