"""Filters and tags for names, money, units, days, states and figures in the reader's language."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qaita.kernel.text import in_language
from qaita.web import formats, labels
from qaita.web.ledger.actions import action_label
from qaita.web.links import link
from qaita.web.marks import service_icon, service_mark, state_mark
from qaita.web.not_yet import NOT_YET

register = template.Library()
FINE = 5  # digits


@register.filter
def named(thing: Any, field: str = "name") -> str:
    """Return the thing's name in the reader's language: {{ region|named }}."""
    return in_language(thing, field, get_language() or "kk") if thing else ""


# ------------------------------------------------------------------ numbers


@register.filter
def number(value: Any, digits: int = 0) -> str:
    """Write a number: {{ n|number }} 86 000, {{ x|number:1 }} 86 000,5."""
    return "" if value is None or value == "" else formats.number_text(value, digits)


@register.filter
def money(amount_kzt: Any, form: str = "full") -> str:
    """Write tenge: full, "short" (13,6 млрд ₸), or the "number" and "unit" of the short form.

    "fine" has two digits more: for amounts that are read beside one another.
    """
    if amount_kzt is None or amount_kzt == "":
        return ""
    if form in {"number", "unit"}:
        return formats.money_parts(amount_kzt)[form == "unit"]
    if form == "fine":
        return formats.SPACE.join(formats.money_parts(amount_kzt, FINE))
    return formats.money_text(amount_kzt, short=form == "short")


@register.filter
def km(length_m: Any, form: str = "full") -> str:
    """Write metres as 340 m or 12,3 km; or the "number" or "unit" alone."""
    if length_m is None or length_m == "":
        return ""
    if form in {"number", "unit"}:
        return formats.length_parts(length_m)[form == "unit"]
    return formats.length_text(length_m)


@register.filter
def kilometres(length_m: Any) -> str:
    """Write metres as a bare number of kilometres, for tables that name the unit above."""
    return "" if length_m is None else formats.significant(float(length_m) / 1000)


@register.filter
def percent(share: Any, digits: int = 1) -> str:
    """Write a share 0…1 in per cent: 48,9 %."""
    return "" if share is None or share == "" else formats.percent_text(share, digits)


@register.filter
def points(value: Any) -> str:
    """Write percentage points with their sign: −2,3 п. п."""
    return "" if value is None or value == "" else formats.points_text(value)


# ------------------------------------------------------------------ days


@register.filter
def day(value: date | datetime | None, form: str = "long") -> SafeString | str:
    """Write a calendar day of Kazakhstan inside <time>; {{ on|day:"short" }} 29.07.2025."""
    if not value:
        return ""
    text = formats.day_text(value, short=form == "short")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def instant(at: datetime | None, form: str = "long") -> SafeString | str:
    """Write an instant in Kazakhstan's time inside <time>; "short": 29.07.2025, 11:00."""
    if not at:
        return ""
    text = formats.instant_words(at, short=form == "short")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)


@register.filter
def span(start: datetime | None, end: datetime | None) -> SafeString | str:
    """Write from when till when; the day stands once when both fall on it."""
    if not start or not end:
        return instant(start or end)
    return format_html(
        '<time datetime="{}/{}">{}</time>',
        start.isoformat(),
        end.isoformat(),
        formats.span_words(start, end),
    )


# ------------------------------------------------------------------ codes → words


@register.filter
def state_label(state: str, kind: str) -> str:
    """Return the words of a state: {{ project.state|state_label:"project" }}."""
    return str(labels.state_of(kind, state).title)


@register.filter
def state_badge(thing: Any, kind: str = "") -> SafeString:
    """Return the badge of a thing's state: {{ project|state_badge }}."""
    return state_mark(kind or thing._meta.model_name, thing.state)


@register.filter
def happened(kind: str) -> str:
    """Return the words of a ledger entry's kind: {{ moment.kind|happened }}."""
    return str(action_label(kind))


@register.filter
def role_label(role: str) -> str:
    """Return the words of a role."""
    return str(labels.role_of(role))


@register.filter
def meter_unit(unit: str) -> str:
    """Return the words of the unit a meter counts in."""
    return str(labels.METER_UNITS.get(unit, unit))


@register.filter
def service_label(service: str) -> str:
    """Return the words of a service: heat supply."""
    return str(labels.service_of(service))


@register.filter
def service(kind: str) -> SafeString:
    """Return a service's icon and words."""
    return service_mark(kind)


@register.filter
def zone_label(zone: str) -> str:
    """Return the words of a zone: red zone."""
    return str(labels.ZONES[zone].title) if zone in labels.ZONES else ""


@register.filter
def zone_tone(zone: str) -> str:
    """Return the tone of a zone's badge."""
    return labels.ZONES[zone].tone if zone in labels.ZONES else "muted"


@register.filter
def indicator_label(indicator: str) -> str:
    """Return what a published figure counts."""
    return str(labels.INDICATORS.get(indicator, indicator))


@register.filter
def host(address: str) -> str:
    """Return the site of a source, to be read as its name."""
    return urlsplit(address if "//" in address else f"//{address}").netloc.removeprefix("www.")


@register.filter
def icon(name: str) -> SafeString:
    """Return an icon of the sprite, silent for readers of the screen."""
    return service_icon(name)


# ------------------------------------------------------------------ parts of pages


@register.inclusion_tag("_figure.html", takes_context=True)
def figure(
    context: template.Context, label: str, value: object, url: str, **more: Any
) -> dict[str, Any]:
    """Show one big figure and lead to its rows: label, value, url, unit, share, sub, source, on."""
    height = context.get("ledger_height")
    return {
        "label": label,
        "value": value,
        "url": url,
        "height": height() if callable(height) else height,
        **more,
    }


@register.simple_tag
def height_url(height: Any) -> str:
    """Return the page of the last entry a height of the ledger counts."""
    size = int((height() if callable(height) else height) or 0)
    return link("entry", size - 1) if size else link("ledger")


@register.simple_tag
def ledger_mark(height: Any) -> SafeString:
    """Cite a height of the ledger and lead to the entry that stands there."""
    size = int((height() if callable(height) else height) or 0)
    words = _("ledger: %(n)s") % {"n": formats.number_text(size)}
    return format_html('<a class="q-height" href="{}">{}</a>', height_url(size), words)


@register.inclusion_tag("_not_yet.html")
def not_yet(stage: str) -> dict[str, Any]:
    """Say what this stage does not do yet: {% not_yet "plan" %}."""
    return {"words": NOT_YET[stage]}


@register.simple_tag
def bar(share: float | None, label: str, tone: str = "", mark: float | None = None) -> SafeString:
    """Draw a share 0…1 as a bar; `mark` is a second share, drawn as a tick."""
    filled = max(0.0, min(1.0, float(share or 0))) * 100
    tick = (
        format_html('<rect class="mark" x="{}" width="0.7" height="6"/>', f"{mark * 100:.1f}")
        if mark is not None
        else ""
    )
    return format_html(
        '<svg class="q-bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" '
        'aria-label="{}: {}"><rect class="{}" width="{}" height="6"/>{}</svg>',
        label,
        formats.percent_text(share or 0),
        f"fill-{tone}" if tone else "fill",
        f"{filled:.1f}",
        tick,
    )


@register.simple_tag
def page_link(name: str, code: str, words: str) -> SafeString | str:
    """Link to a portal page; plain words while there is no such page."""
    url = link(name, code) if code else link(name)
    return format_html('<a href="{}">{}</a>', url, words) if url else words


@register.filter
def same_site(address: str) -> str:
    """Return only path and query of an address, so that no link leads elsewhere."""
    parts = urlsplit(address)
    path = "/" + parts.path.lstrip("/\\")
    return f"{path}?{parts.query}" if parts.query else path
