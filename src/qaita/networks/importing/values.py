"""What a cell means: numbers, days, materials, kinds, in the ways people write them."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from qaita.kernel.clock import KAZAKHSTAN, day_of
from qaita.networks.models import FailureCause, Material, NodeKind

BLANK = frozenset(
    {"", "-", "—", "–", "?", "н/д", "нд", "нет", "нет данных", "неизвестно", "неизв", "unknown"}
    | {"none", "null", "nan", "n/a", "na", "белгісіз", "мәлімет жоқ", "деректер жоқ", "жоқ"}
)
OLDEST_YEAR = 1850
MATERIAL_WORDS: tuple[tuple[str, str], ...] = (
    ("предизолир", "preinsulated"),
    ("ппу", "preinsulated"),
    ("preinsul", "preinsulated"),
    ("оқшауланған", "preinsulated"),
    ("вчшг", "ductile_iron"),
    ("ductile", "ductile_iron"),
    ("высокопрочн", "ductile_iron"),
    ("чугун", "cast_iron"),
    ("шойын", "cast_iron"),
    ("castiron", "cast_iron"),
    ("асбест", "asbestos_cement"),
    ("asbest", "asbestos_cement"),
    ("кабел", "cable"),
    ("кәбіл", "cable"),
    ("cable", "cable"),
    ("дерев", "line_wood"),
    ("ағаш", "line_wood"),
    ("wood", "line_wood"),
    ("железобетон", "concrete"),
    ("темірбетон", "concrete"),
    ("бетон", "concrete"),
    ("concrete", "concrete"),
    ("полиэтилен", "pe"),
    ("polyethylene", "pe"),
    ("hdpe", "pe"),
    ("pe100", "pe"),
    ("пэ100", "pe"),
    ("пэ80", "pe"),
    ("пнд", "pe"),
    ("поливинилхлорид", "pvc"),
    ("pvc", "pvc"),
    ("пвх", "pvc"),
    ("керам", "ceramic"),
    ("керамика", "ceramic"),
    ("clay", "ceramic"),
    ("vitrified", "ceramic"),
    ("стекло", "glass_fibre"),
    ("шыны", "glass_fibre"),
    ("grp", "glass_fibre"),
    ("сталь", "steel"),
    ("стальн", "steel"),
    ("болат", "steel"),
    ("steel", "steel"),
)
MATERIAL_SHORT = {
    "ст": "steel",
    "чуг": "cast_iron",
    "ч": "cast_iron",
    "пэ": "pe",
    "пе": "pe",
    "pe": "pe",
    "жб": "concrete",
    "ац": "asbestos_cement",
    "ci": "cast_iron",
    "di": "ductile_iron",
    "ac": "asbestos_cement",
    "st": "steel",
}
OVERHEAD = {"concrete": "line_concrete", "steel": "line_steel"}
KIND_WORDS = {
    "узел": "junction",
    "камера": "valve",
    "колодец": "junction",
    "құдық": "junction",
    "түйін": "junction",
    "источник": "source",
    "көз": "source",
    "водозабор": "source",
    "котельная": "plant",
    "қазандық": "plant",
    "тэц": "plant",
    "жэо": "plant",
    "станция": "plant",
    "насос": "pump",
    "насосная": "pump",
    "сорғы": "pump",
    "нс": "pump",
    "кнс": "pump",
    "задвижка": "valve",
    "ысырма": "valve",
    "подстанция": "substation",
    "қосалқы станция": "substation",
    "тп": "substation",
    "цтп": "substation",
    "резервуар": "tank",
    "башня": "tank",
    "потребитель": "consumer",
    "абонент": "consumer",
    "тұтынушы": "consumer",
    "дом": "consumer",
    "үй": "consumer",
}
CAUSE_WORDS = {
    "коррозия": "corrosion",
    "тот басу": "corrosion",
    "износ": "age",
    "тозу": "age",
    "стык": "joint",
    "сварка": "joint",
    "қосылыс": "joint",
    "грунт": "ground",
    "топырақ": "ground",
    "раскопки": "excavation",
    "қазу": "excavation",
    "гидроудар": "pressure",
    "қысым": "pressure",
    "перегрузка": "overload",
    "погода": "weather",
    "ауа райы": "weather",
    "прочее": "other",
    "басқа": "other",
}
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:мм|mm|м|m|кв|kv)?\.?")
DECADE = re.compile(r"(1[89]\d|20\d)0\s?-?\s?(?:[ех]|ые|ж|s).*")
YEAR = re.compile(r"([12]\d{3})(?:\.0)?\s*(?:г\.?|год|ж\.?|жыл)?")


class BadValue(ValueError):
    """The cell breaks a rule."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


def is_blank(value: Any) -> bool:
    """Tell whether the cell says nothing: empty or a word for unknown."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and value.strip().lower() in BLANK


def text_of(value: Any) -> str:
    """Return the cell as one line of text; whole numbers lose their point."""
    if is_blank(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if text.startswith(("=", "#REF", "#DIV", "#N/A", "#VALUE", "#NAME", "#NUM", "#NULL")):
        raise BadValue("formula")
    return " ".join(text.split())


def number_of(value: Any) -> float | None:
    """Return the cell as a number; blanks and units in words are left out."""
    if is_blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadValue("not_a_number")
    if isinstance(value, str):
        text = text_of(value).replace("\u00a0", "").replace(" ", "").replace(",", ".")
        match = NUMBER.fullmatch(text.lower())
        if not match:
            raise BadValue("not_a_number")
        value = match[1]
    number = float(value)
    if not math.isfinite(number):
        raise BadValue("not_a_number")
    return number


def count_of(value: Any, rule: str) -> int:
    """Return the cell as a whole number of zero or more."""
    number = number_of(value) or 0.0
    if number < 0 or number != int(number) or number >= 2**31:
        raise BadValue(rule)
    return int(number)


def laid_of(value: Any, on: date | None) -> tuple[date | None, str]:
    """Return the day and how well it is known; a year stands for its middle."""
    if is_blank(value):
        return None, "unknown"
    day, precision = _day_or_year(value)
    if day.year < OLDEST_YEAR or (on is not None and day.year > on.year):
        raise BadValue("bad_date")
    if on is not None and day > on:
        day = on
    return day, precision


def _day_or_year(value: Any) -> tuple[date, str]:
    if isinstance(value, date):  # datetime is one too
        return (value.date() if isinstance(value, datetime) else value), "day"
    text = text_of(value).lower()
    if year := YEAR.fullmatch(text):
        return date(int(year[1]), 7, 1), "year"
    if decade := DECADE.fullmatch(text):
        return date(int(decade[1]) * 10 + 5, 1, 1), "decade"
    return day_of_text(text), "day"


def day_of_text(text: str) -> date:
    """Return a day written as 2001-02-03, 2001/02/03, 03.02.2001 or 03/02/2001."""
    match = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    parts = match.groups() if match else ()
    if not match and (match := re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)):
        parts = tuple(reversed(match.groups()))
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        raise BadValue("bad_date") from None


def past_instant_of(value: Any, on: date | None) -> datetime | None:
    """Return the cell as an instant that has come by the end of the day."""
    at = instant_of(value)
    if at is not None and on is not None and day_of(at) > on:
        raise BadValue("bad_date")
    return at


def instant_of(value: Any) -> datetime | None:
    """Return the cell as an instant; a day stands for its noon in Kazakhstan."""
    if is_blank(value):
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=KAZAKHSTAN).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(12), KAZAKHSTAN).astimezone(UTC)
    text = text_of(value)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.combine(day_of_text(text), time(12))
    if len(text) <= 10:
        found = found.replace(hour=12)
    return (found if found.tzinfo else found.replace(tzinfo=KAZAKHSTAN)).astimezone(UTC)


def material_of(value: Any, *, service: str, named: Mapping[str, str]) -> str:
    """Return our code of a material, empty when unknown."""
    text = text_of(value)
    if not text:
        return ""
    if text in named:
        return named[text]
    low = text.lower().replace("ё", "е")
    code = low if low in Material.values else _material(low)
    if not code:
        raise BadValue("bad_material")
    return OVERHEAD.get(code, code) if service == "power" else code


def _material(low: str) -> str:
    plain = "".join(c for c in low if c.isalnum())
    for word, code in MATERIAL_WORDS:
        if word in plain:
            return code
    if plain in MATERIAL_SHORT:
        return MATERIAL_SHORT[plain]
    first = re.split(r"[\s\d.,;()-]+", low.replace("/", ""))[0]
    return MATERIAL_SHORT.get(first, "")


def kind_of(value: Any) -> str:
    """Return our code of a kind of node."""
    text = text_of(value).lower()
    if not text:
        return "junction"
    code = text if text in NodeKind.values else KIND_WORDS.get(text, "")
    if not code:
        raise BadValue("bad_kind")
    return code


def cause_of(value: Any) -> str:
    """Return our code of a cause of failure."""
    text = text_of(value).lower()
    if not text:
        return "unknown"
    code = text if text in FailureCause.values else CAUSE_WORDS.get(text, "")
    if not code:
        raise BadValue("bad_cause")
    return code
