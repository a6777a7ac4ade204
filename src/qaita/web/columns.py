"""Columns and filters that many lists share: money, service, state, region."""

from collections.abc import Sequence
from operator import attrgetter

from qaita.territory.models import Region
from qaita.web.formats import money_text
from qaita.web.labels import service_of, state_of
from qaita.web.lists import Choice, Column, Group, Words
from qaita.web.marks import service_mark, state_mark
from qaita.web.state_words import STATES
from qaita.web.templatetags.qaita import named


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


def state_choice(
    kind: str, title: Words, *, without: str = "", groups: Sequence[Group] = ()
) -> Choice:
    """The filter by the state of a kind: every state but one, and what stands for several."""
    states = [(name, label.title) for name, label in STATES[kind].items() if name != without]
    return Choice("state", title, states, groups=groups)


def region_choice(title: Words, lookup: str) -> Choice:
    """The filter by region; `lookup` leads from a row to the region's code."""
    return Choice("region", title, region_options, lookup=lookup)


def region_options() -> list[tuple[str, Words]]:
    """Return the regions by their codes."""
    return [(row.kato, named(row)) for row in Region.objects.all()]


def _sorting(field: str) -> str:
    return field.replace(".", "__")
