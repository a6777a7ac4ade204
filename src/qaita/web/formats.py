"""Numbers, money and days as people write them in Kazakh, Russian and English."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import KAZAKHSTAN

Number = int | float | Decimal
NARROW = "\u202f"
SPACE = "\u00a0"
MINUS = "\u2212"
SCALES = (
    (Decimal(10) ** 12, _("trn")),
    (Decimal(10) ** 9, _("bn")),
    (Decimal(10) ** 6, _("mln")),
)
BABEL = {"kk": "kk", "ru": "ru", "en": "en_GB"}


def language() -> str:
    """Return the reader's language."""
    return (get_language() or "kk")[:2]


def number_text(value: Number, digits: int = 0) -> str:
    """Write a number: 86 000,5 in kk and ru, 86,000.5 in English."""
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_EVEN)
    text = f"{abs(exact):,.{digits}f}"
    if language() != "en":
        text = text.replace(",", SPACE).replace(".", ",")
    return f"{MINUS}{text}" if exact < 0 else text


def trimmed(value: Number, digits: int) -> str:
    """Write a number with at most so many digits after the comma, none of them a closing zero."""
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_EVEN).normalize()
    exponent = exact.as_tuple().exponent
    return number_text(exact, max(0, -exponent) if isinstance(exponent, int) else 0)


def significant(value: Number, digits: int = 3) -> str:
    """Write a number with about so many significant digits."""
    size = abs(float(value))
    return trimmed(value, digits - (3 if size >= 100 else 2 if size >= 10 else 1))


def money_parts(amount_kzt: Number, digits: int = 3) -> tuple[str, str]:
    """Return a short amount as number and unit: ("13,6", "трлн ₸")."""
    exact = Decimal(str(amount_kzt))
    for scale, name in SCALES:
        if abs(exact) >= scale:
            return significant(exact / scale, digits), f"{name}{SPACE}₸"
    return number_text(exact), "₸"


def money_text(amount_kzt: Number, *, short: bool = False) -> str:
    """Write an amount in tenge, whole (tiyn only when there are any) or short."""
    if short:
        return SPACE.join(money_parts(amount_kzt))
    exact = Decimal(str(amount_kzt))
    return f"{number_text(exact, 0 if exact == exact.to_integral_value() else 2)}{SPACE}₸"


def length_parts(length_m: Number) -> tuple[str, str]:
    """Return a length as number and unit, in metres below one kilometre."""
    if 0 < abs(float(length_m)) < 1000:
        whole = abs(float(length_m)) >= 10  # a piece of 0.4 m is not nothing
        return number_text(length_m) if whole else trimmed(length_m, 1), gettext("m")
    return significant(float(length_m) / 1000), gettext("km")


def length_text(length_m: Number) -> str:
    """Write a length: 340 m, 12.3 km."""
    return SPACE.join(length_parts(length_m))


def percent_text(share: Number, digits: int = 1) -> str:
    """Write a share 0…1 in per cent."""
    sign = "%" if language() == "en" else f"{SPACE}%"
    return f"{trimmed(float(share) * 100, digits)}{sign}"


def points_text(points: Number) -> str:
    """Write a difference in percentage points with its sign."""
    sign, unit = "+" if float(points) > 0 else "", gettext("pp")
    return f"{sign}{trimmed(points, 1)}{SPACE}{unit}"


@lru_cache(maxsize=4096)
def _day(day: date, style: str, locale: str) -> str:
    return str(format_date(day, style, locale=locale)).replace(NARROW, SPACE)


def day_text(day: date | datetime, *, short: bool = False) -> str:
    """Write a calendar day of Kazakhstan: 2025 ж. 29 шілде; 29 July 2025; short 29.07.2025."""
    if isinstance(day, datetime):
        day = day.astimezone(KAZAKHSTAN).date()
    return _day(day, "dd.MM.yyyy" if short else "long", BABEL[language()])


def month_text(day: date) -> str:
    """Write the month of a day: 2026 ж. қазан; October 2026."""
    return str(format_skeleton("yMMMM", day, locale=BABEL[language()]))


def month_day_text(month: int, day: int) -> str:
    """Write a day of any year: 15 October."""
    return str(format_date(date(2000, month, day), "d MMMM", locale=BABEL[language()]))


def instant_words(at: datetime, *, short: bool = False) -> str:
    """Write an instant in Kazakhstan's time."""
    return f"{day_text(at, short=short)}, {at.astimezone(KAZAKHSTAN):%H:%M}"


def span_words(start: datetime, end: datetime) -> str:
    """Write from when till when: 28 July 2025, 09:00–17:00 when both fall on one day."""
    if day_text(start) == day_text(end):
        return f"{instant_words(start)}–{end.astimezone(KAZAKHSTAN):%H:%M}"
    return f"{instant_words(start)} – {instant_words(end)}"
