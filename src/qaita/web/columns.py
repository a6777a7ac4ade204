"""Columns that many lists share: money, the service with its mark, the state with its badge."""

from operator import attrgetter

from qaita.web.formats import money_text
from qaita.web.labels import service_of, state_of
from qaita.web.lists import Column, Words
from qaita.web.marks import service_mark, state_mark


def money_column(key: str, title: Words, field: str) -> Column:
    """A sum in tenge, short on the page and whole in downloads; `field` may be a path of dots."""
    value = attrgetter(field)
    return Column(
        key,
        title,
        value,
        show=lambda row: money_text(value(row), short=True),
        sort=_sorting(field),
        align="num",
    )


def service_column(title: Words, field: str = "service", *, sort: bool = True) -> Column:
    """The service of a row with its mark."""
    value = attrgetter(field)
    return Column(
        "service",
        title,
        lambda row: str(service_of(value(row))),
        show=lambda row: service_mark(value(row)),
        sort=_sorting(field) if sort else "",
    )


def state_column(kind: str, title: Words, *, sort: bool = True) -> Column:
    """The state of a row of a kind with its badge."""
    return Column(
        "state",
        title,
        lambda row: str(state_of(kind, row.state).title),
        show=lambda row: state_mark(kind, row.state),
        sort="state" if sort else "",
    )


def _sorting(field: str) -> str:
    return field.replace(".", "__")
