"""The law as this programme follows it: every value with source, start day and mark."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from qaita.kernel.clock import day_of
from qaita.kernel.text import in_language
from qaita.law.reading import Parameter, Value, applied_by, read_topic, topics
from qaita.law.units import UNITS
from qaita.law.workdays import YearCalendar, written_years, year_calendar
from qaita.territory.models import Region
from qaita.web import formats
from qaita.web.middleware import Request
from qaita.web.portal.law_sheet import law_sheet
from qaita.web.portal.law_words import ROOMS, TOPICS, WORDS, unit_words

UNITLESS = {"text", "yes_no", "month_day", "year"}
ENDLESS = "9999"  # the last class of sizes has no upper end
ALWAYS_YEAR = 1999  # a start before this year means "from the beginning"


@dataclass(frozen=True)
class ShownValue:
    """One value as the page shows it."""

    value: Value
    plain: str
    unit: str
    pairs: list[tuple[str, str]]
    tables: list[tuple[str, list[tuple[str, str]]]]
    in_force: bool
    from_beginning: bool

    @property
    def source_words(self) -> str:
        """The name of the source; what is assumed needs no second word of doubt beside its mark."""
        name = in_language(self.value.source, "name", formats.language())
        bare = self.value.assumed and not self.value.source.address
        return name.partition(";")[0] if bare else name

    @property
    def clause(self) -> str:
        """The clause, unless the source's name tells it."""
        clause = str(self.value.clause or "")
        return "" if clause and self.source_words.endswith(clause) else clause


@dataclass(frozen=True)
class ShownParameter:
    """One parameter as the page shows it, newest value first."""

    parameter: Parameter
    values: list[ShownValue]

    @property
    def anchor(self) -> str:
        """Where the rule stands on the page."""
        return f"p-{self.parameter.topic}-{self.parameter.name}"

    @property
    def rooms(self) -> list[str]:
        """The parts of the system that act on the rule, in words."""
        return [str(ROOMS[room]) for room in applied_by(self.parameter)]


@dataclass(frozen=True)
class Group:
    """A topic with those of its rules that fit what was asked."""

    name: str
    title: Any
    rules: list[ShownParameter]

    @property
    def idle(self) -> int:
        """How many of them nothing in the system acts on yet."""
        return sum(not rule.rooms for rule in self.rules)


@dataclass(frozen=True)
class Asked:
    """What the reader narrows the rules by."""

    topic: str
    q: str
    assumed: bool
    idle: bool

    @property
    def is_all(self) -> bool:
        """Tell whether nothing was asked."""
        return not (self.topic or self.q or self.assumed or self.idle)


def _asked(request: Request) -> Asked:
    asked = request.GET
    topic = asked.get("topic", "")
    return Asked(
        topic if topic in topics() else "",
        asked.get("q", "")[:100].strip(),
        asked.get("assumed") == "1",
        asked.get("idle") == "1",
    )


def law(request: Request) -> HttpResponseBase:
    """Show all parameters; narrow by topic, by words, to assumed ones, to those not applied."""
    on, asked = day_of(request.at), _asked(request)
    chosen = [asked.topic] if asked.topic else topics()
    groups = [Group(name, TOPICS.get(name, name), _parameters(name, asked, on)) for name in chosen]
    if form := request.GET.get("format"):
        return law_sheet(groups, form)
    every = [one for name in topics() for one in read_topic(name).values()]
    context = {
        "groups": [group for group in groups if group.rules],
        "topics": [(name, TOPICS.get(name, name)) for name in topics()],
        "asked": asked,
        "on": on,
        "calendars": _calendars() if asked.is_all else [],
        "total": len(every),
        "total_assumed": sum(_is_assumed(one, on) for one in every),
        "total_idle": sum(not applied_by(one) for one in every),
    }
    return render(request, "law/law.html", context)


def _calendars() -> list[YearCalendar]:
    return [year_calendar(year) for year in written_years()]


def _is_assumed(parameter: Parameter, on: date) -> bool:
    value = parameter.at(on)
    return value is not None and value.assumed


def _parameters(topic: str, asked: Asked, on: date) -> list[ShownParameter]:
    words = asked.q.casefold().split()
    return [
        _shown(parameter, on)
        for parameter in read_topic(topic).values()
        if _holds(parameter, words)
        and (not asked.assumed or _is_assumed(parameter, on))
        and not (asked.idle and applied_by(parameter))
    ]


def _holds(parameter: Parameter, words: list[str]) -> bool:
    names = (parameter.means_kk, parameter.means_ru, parameter.means_en, parameter.name)
    sources = [
        f"{value.source.name_kk} {value.source.name_ru} {value.source.name_en}"
        for value in parameter.values
    ]
    text = " ".join([*names, *sources]).casefold()
    return all(word in text for word in words)


def _shown(parameter: Parameter, on: date) -> ShownParameter:
    now_in_force = parameter.at(on)
    values = [
        ShownValue(
            value,
            _plain(value.value, parameter.unit),
            _unit(parameter.unit, value.value),
            _pairs(value.value),
            _tables(value.value),
            in_force=value is now_in_force,
            from_beginning=value.since.year <= ALWAYS_YEAR
            or (value is parameter.values[0] and value.assumed),
        )
        for value in reversed(parameter.values)
    ]
    return ShownParameter(parameter, values)


def _unit(unit: str, value: Any) -> str:
    """Return the unit in the form the number asks for: 3 рабочих дня, 15 рабочих дней."""
    if unit in UNITLESS:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Russian counts fractions as it counts two: 1,5 раза
        words = unit_words(unit, int(value) if float(value).is_integer() else 2)
        return words or str(UNITS[unit])
    return str(UNITS[unit])


def _region_names() -> dict[str, str]:
    language = formats.language()
    return {one.kato: in_language(one, "name", language) for one in Region.objects.all()}


def _word(code: object) -> str:
    if isinstance(code, bool):
        return _("yes") if code else _("no")
    if isinstance(code, int | float):
        return formats.trimmed(code, 4)
    if isinstance(code, list):
        return ", ".join(_word(one) for one in code)
    return str(WORDS.get(str(code), code))


def _plain(value: Any, unit: str) -> str:
    if isinstance(value, dict):
        return ""
    if unit == "month_day":
        month, day = map(int, str(value).split("-"))
        return formats.month_day_text(month, day)
    if isinstance(value, list) and unit == "text":
        names = _region_names() if all(str(one).isdigit() for one in value) else {}
        return ", ".join(names.get(str(one)) or _word(one) for one in value)
    return str(value) if unit == "year" else _word(value)


def _pairs(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict) or any(isinstance(one, dict) for one in value.values()):
        return []
    return [(_key(key), _word(one)) for key, one in value.items()]


def _key(key: object) -> str:
    """Return the head of a row: a number is the upper end of a class."""
    text = str(key)
    return (_("above") if text == ENDLESS else f"≤ {text}") if text.isdigit() else _word(key)


def _tables(value: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    if not isinstance(value, dict) or not any(isinstance(one, dict) for one in value.values()):
        return []
    return [(_key(key), _pairs(one)) for key, one in value.items()]


urlpatterns = [path("law/", law, name="law")]
