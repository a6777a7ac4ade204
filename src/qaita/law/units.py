"""The closed list of units of legal values."""

from django.utils.translation import gettext_lazy as _

UNITS = {
    "calendar_days": _("calendar days"),
    "working_days": _("working days"),
    "months": _("months"),
    "years": _("years"),
    "year": _("year"),
    "hours": _("hours"),
    "minutes": _("minutes"),
    "percent": _("%"),
    "points": _("percentage points a year"),
    "m": _("m"),
    "km": _("km"),
    "mm_or_kv": _("mm or kV"),
    "kzt": _("tenge"),
    "kzt_per_km": _("tenge per km"),
    "kzt_per_unit": _("tenge per Gcal, kWh or m³"),
    "per_km_year": _("failures per km a year"),
    "mci": _("monthly calculation indices"),
    "pieces": _("pieces"),
    "people": _("people"),
    "yes_no": _("yes or no"),
    "text": _("list"),
    "month_day": _("day of the year"),
    "day_of_month": _("day of the month"),
    "per_month": _("a month: Gcal, kWh, m³"),
    "square_m": _("m²"),
    "ratio": _("times"),
}
