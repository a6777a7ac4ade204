"""The rules as a table to take away: one line for every value of every rule."""

from collections.abc import Iterable
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qaita.web.downloads import as_csv, as_xlsx
from qaita.web.lists import Column
from qaita.web.templatetags.qaita import named


def _in_words(shown: Any) -> str:
    """Return a value on one line."""
    tables = [(f"{head}, {key}", word) for head, pairs in shown.tables for key, word in pairs]
    listed = [f"{key}: {word}" for key, word in [*shown.pairs, *tables]]
    return shown.plain or "; ".join(listed)


def _yes(*, said: bool) -> str:
    return str(_("yes") if said else _("no"))


COLUMNS = (
    Column("topic", _("Topic"), lambda row: str(row[0].title)),
    Column("rule", _("Rule"), lambda row: named(row[1].parameter, "means")),
    Column("code", _("Code"), lambda row: f"{row[1].parameter.topic}.{row[1].parameter.name}"),
    Column("value", _("Value"), lambda row: _in_words(row[2])),
    Column("unit", _("Unit"), lambda row: row[2].unit),
    Column("since", _("From"), lambda row: None if row[2].from_beginning else row[2].value.since),
    Column("in_force", _("In force"), lambda row: _yes(said=row[2].in_force)),
    Column("assumed", _("Assumed"), lambda row: _yes(said=row[2].value.assumed)),
    Column("source", _("Source"), lambda row: row[2].source_words),
    Column("clause", _("Clause"), lambda row: row[2].clause),
    Column("address", _("Address of the source"), lambda row: row[2].value.source.address),
)


def law_sheet(groups: Iterable[Any], form: str) -> HttpResponseBase:
    """Answer the shown rules as CSV or XLSX."""
    rows = [(group, rule, one) for group in groups for rule in group.rules for one in rule.values]
    return (as_xlsx if form == "xlsx" else as_csv)("law", COLUMNS, rows)
