"""The documented template: one sheet per table, headings in a language, lists of words."""

import csv
import io

import xlsxwriter
from django.utils.translation import gettext, override

from qaita.networks.importing.columns import SECTIONS, TABLES, Column, Table
from qaita.networks.models import FailureCause, Material, NodeKind

LISTS = (("material", Material), ("kind", NodeKind), ("cause", FailureCause))
WIDTH = 22


def heading(column: Column | Table, language: str) -> str:
    """Return a heading in a language."""
    return {"kk": column.kk, "ru": column.ru}.get(language, column.en)


def template_csv(language: str) -> str:
    """Return the heading row of a CSV file of sections."""
    held = io.StringIO()
    headings = [heading(column, language) for column in SECTIONS.columns]
    csv.writer(held, delimiter=";").writerow(headings)
    return held.getvalue()


def template_workbook(language: str) -> bytes:
    """Return the workbook: a sheet per table, then examples and the words cells may hold."""
    held = io.BytesIO()
    with override(language), xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for table in TABLES.values():
            sheet = book.add_worksheet(heading(table, language))
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(table.columns) - 1, WIDTH)
            sheet.write_row(0, 0, [heading(c, language) for c in table.columns], bold)
        examples = book.add_worksheet(gettext("Examples"))
        examples.set_column(0, 20, WIDTH)
        for place, table in enumerate(TABLES.values()):
            examples.write(place * 4, 0, heading(table, language), bold)
            examples.write_row(place * 4 + 1, 0, [heading(c, language) for c in table.columns])
            examples.write_row(place * 4 + 2, 0, [column.example for column in table.columns])
        words = book.add_worksheet(gettext("Words"))
        words.set_column(0, 5, WIDTH)
        for place, (_name, kinds) in enumerate(LISTS):
            for row, (value, label) in enumerate(kinds.choices):
                words.write(row, place * 2, value)
                words.write(row, place * 2 + 1, str(label))
    return held.getvalue()
