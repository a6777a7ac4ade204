"""Reads legal values: every one has a meaning in three languages, a unit, a start and a source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin, get_type_hints

import yaml

from qaita.kernel.errors import Missing
from qaita.kernel.text import LANGUAGES
from qaita.law.errors import WrongLaw
from qaita.law.units import UNITS

HERE = Path(__file__).parent
PARAMETERS = HERE / "parameters"
APPLIED = HERE / "applied.yaml"
PARAMETER_KEYS = {"means", "unit", "values"}
VALUE_KEYS = {"value", "source", "clause", "assumed"}

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """The paper or the news a value rests on."""

    key: str
    name_kk: str
    name_ru: str
    name_en: str
    address: str


@dataclass(frozen=True)
class Value:
    """A legal value from its first day on; it lasts until the next one."""

    since: date
    value: Any
    source: Source
    clause: str
    assumed: bool


@dataclass(frozen=True)
class Parameter:
    """One legal parameter with all its values, oldest first."""

    topic: str
    name: str
    means_kk: str
    means_ru: str
    means_en: str
    unit: str
    values: tuple[Value, ...]

    def at(self, on: date) -> Value | None:
        """Return the value in force on the day."""
        return next((value for value in reversed(self.values) if value.since <= on), None)


@cache
def sources() -> Mapping[str, Source]:
    """Return all sources by key."""
    raw = yaml.safe_load((HERE / "sources.yaml").read_text(encoding="utf-8"))
    return {
        key: Source(key, row["kk"], row["ru"], row["en"], row.get("address", ""))
        for key, row in raw.items()
    }


@cache
def _applied() -> Mapping[str, Mapping[str, list[str]]]:
    written: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
        APPLIED.read_text(encoding="utf-8")
    )
    return written


def applied_by(parameter: Parameter) -> tuple[str, ...]:
    """Return the rooms that act on the value; none: it is only published for now."""
    return tuple(_applied().get(parameter.topic, {}).get(parameter.name, ()))


def topics() -> list[str]:
    """Return the names of all topics."""
    return sorted(path.stem for path in PARAMETERS.glob("*.yaml"))


@cache
def read_topic(topic: str) -> Mapping[str, Parameter]:
    """Return the topic's parameters by name, or raise WrongLaw with every fault."""
    text = (PARAMETERS / f"{topic}.yaml").read_text(encoding="utf-8")
    return parse_topic(topic, yaml.safe_load(text) or {})


def parse_topic(topic: str, raw: Mapping[str, Any]) -> Mapping[str, Parameter]:
    """Check the raw file and turn it into parameters."""
    faults = [f"{topic}.{name}{fault}" for name, row in raw.items() for fault in _faults(row)]
    if faults:
        raise WrongLaw(faults)
    return {name: _parameter(topic, name, row) for name, row in raw.items()}


def _faults(row: Any) -> Iterator[str]:
    if not isinstance(row, dict):
        yield ": must hold means, unit and values"
        return
    yield from (f": unknown key {key!r}" for key in sorted(row.keys() - PARAMETER_KEYS))
    means = row.get("means")
    for language in LANGUAGES:
        if not (isinstance(means, dict) and means.get(language)):
            yield f": means lacks {language}"
    if row.get("unit") not in UNITS:
        yield f": unknown unit {row.get('unit')!r}"
    values = row.get("values")
    if not (isinstance(values, dict) and values):
        yield ": has no values"
        return
    for since, value in values.items():
        yield from (f" since {since}: {fault}" for fault in _value_faults(since, value))


def _value_faults(since: Any, value: Any) -> Iterator[str]:
    if type(since) is not date:
        yield "the start is not a day"
    if not isinstance(value, dict):
        yield "must hold value and source"
        return
    yield from (f"unknown key {key!r}" for key in sorted(value.keys() - VALUE_KEYS))
    if "value" not in value:
        yield "has no value"
    if not value.get("source"):
        yield "has no source"
    elif value["source"] not in sources():
        yield f"unknown source {value['source']!r}"
    elif value["source"] == "practice" and not value.get("assumed"):
        yield "rests on practice alone, so it must be marked assumed"


def _parameter(topic: str, name: str, row: Mapping[str, Any]) -> Parameter:
    values = tuple(
        Value(
            since,
            value["value"],
            sources()[value["source"]],
            str(value.get("clause", "")),
            bool(value.get("assumed", False)),
        )
        for since, value in sorted(row["values"].items())
    )
    means = row["means"]
    return Parameter(topic, name, means["kk"], means["ru"], means["en"], row["unit"], values)


def values_on(topic: str, kind: type[T], on: date) -> T:
    """Return the topic's values of one day as its frozen dataclass."""
    return cast("T", _values_on(topic, cast("Any", kind), on))


@lru_cache(maxsize=10_000)
def _values_on(topic: str, kind: type[Any], on: date) -> Any:
    parameters = read_topic(topic)
    wanted = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    faults = [
        f"{topic}.{name}: has no field in {kind.__name__}" for name in parameters.keys() - names
    ]
    faults += [f"{topic}.{name}: is not written in the file" for name in names - parameters.keys()]
    if faults:
        raise WrongLaw(sorted(faults))
    return kind(**{name: _value_of(parameters[name], wanted[name], on) for name in names})


def _value_of(parameter: Parameter, kind: Any, on: date) -> Any:
    value = parameter.at(on)
    place = f"{parameter.topic}.{parameter.name}"
    if value is None:
        raise Missing("law", f"{place} on {on}")
    if kind is Decimal:
        return Decimal(str(value.value))
    if kind is float and isinstance(value.value, int):
        return float(value.value)
    if get_origin(kind) is tuple:
        return tuple(value.value)
    plain = get_origin(kind) or kind
    if not isinstance(value.value, plain):
        raise WrongLaw([f"{place} since {value.since}: {value.value!r} is not {kind}"])
    return value.value
