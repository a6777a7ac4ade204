"""Tables as files: CSV and XLSX, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

import xlsxwriter
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse

from qaita.kernel.cells import cell_value, safe_text
from qaita.kernel.clock import KAZAKHSTAN

MAX_XLSX_ROWS = 100_000
CHUNK = 2000
LINES = 200  # that are sent at a time


class Titled(Protocol):
    """A column as far as a file needs it."""

    @property
    def title(self) -> Any: ...

    @property
    def value(self) -> Any: ...


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _each(rows: QuerySet[Any] | Iterable[Any]) -> Iterator[Any]:
    if isinstance(rows, QuerySet):
        return rows.iterator(chunk_size=CHUNK)
    return iter(rows)


def as_csv(
    name: str, columns: Sequence[Titled], rows: QuerySet[Any] | Iterable[Any]
) -> StreamingHttpResponse:
    """Stream the rows as CSV (UTF-8 with a mark, so that spreadsheets read Kazakh letters)."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([safe_text(column.title) for column in columns])
        every = iter(_each(rows))
        while piece := [
            writer.writerow([cell_value(column.value(row)) for column in columns])
            for row in islice(every, LINES)
        ]:
            yield "".join(piece)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _write_cell(sheet: Any, place: tuple[int, int], value: Any, formats: dict[str, Any]) -> None:
    row, column = place
    if isinstance(value, datetime):
        sheet.write_datetime(
            row, column, value.astimezone(KAZAKHSTAN).replace(tzinfo=None), formats["instant"]
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(*value.timetuple()[:3]), formats["day"])  # noqa: DTZ001 -- a sheet's day has no zone
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))


def as_xlsx(
    name: str, columns: Sequence[Titled], rows: QuerySet[Any] | Iterable[Any]
) -> HttpResponse:
    """Return the rows (at most a hundred thousand) as a workbook; text cells are never formulas."""
    file = io.BytesIO()
    options = {"constant_memory": True, "in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(name[:31])
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
            "day": book.add_format({"num_format": "dd.mm.yyyy"}),
            "instant": book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
        }
        sheet.set_column(0, len(columns) - 1, 22)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, str(column.title), formats["head"])
        for line, row in zip(range(1, MAX_XLSX_ROWS + 1), _each(rows), strict=False):
            for at, column in enumerate(columns):
                _write_cell(sheet, (line, at), column.value(row), formats)
    answer = HttpResponse(
        file.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
