"""Charts as SVG made on the server: no script, printable, coloured by classes, with their table.

    plan, fact = Series(_("Plan"), [8500, 9700]), Series(_("Fact"), [323, None])
    chart = bars(["2025", "2026"], [plan, fact], title=_("Kilometres"), unit=_("km"))
    {{ chart }}  – the drawing, its legend and its table under "Show as a table"

Values may be None (not known): nothing is drawn and the table says "–".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qaita.web.formats import percent_text, trimmed

Value = float | int | None
WIDTH, HEIGHT = 640, 270
TOP, RIGHT, BOTTOM, LEFT = 14, 10, 30, 58


@dataclass(frozen=True)
class Series:
    """One row of values; `tone` is a CSS class that carries the colour (s0…s5, svc-heat…)."""

    title: Any
    values: Sequence[Value]
    tone: str = ""
    low: Sequence[Value] = ()
    high: Sequence[Value] = ()
    dashed: bool = False
    joined: bool = False  # a line goes on over the years of which nothing is known


@dataclass(frozen=True)
class Scale:
    """From values to pixels."""

    top: float
    bottom: float
    steps: int = 4
    width: float = WIDTH
    height: float = HEIGHT

    def y(self, value: float) -> float:
        """Return the height at which the value stands."""
        span = (self.top - self.bottom) or 1
        inner = self.height - TOP - BOTTOM
        return round(TOP + inner * (1 - (value - self.bottom) / span), 1)

    def x(self, place: float, places: int) -> float:
        """Return the middle of a place among so many."""
        return round(LEFT + (self.width - LEFT - RIGHT) * (place + 0.5) / max(places, 1), 1)


def nice_scale(low: float, high: float) -> Scale:
    """Return a scale of at most six lines on round numbers that holds both values."""
    reach = high - low
    if reach <= 0:
        reach = abs(high) or 1.0
        high = low + reach
    power = 10.0 ** math.floor(math.log10(reach / 5))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power * 5 >= reach * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Scale(last * step, first * step, max(last - first, 1))


def known(series: Sequence[Series]) -> list[float]:
    """Return every value that is drawn."""
    rows = (row for one in series for row in (one.values, one.low, one.high))
    return [float(value) for row in rows for value in row if value is not None]


def _tone(one: Series, place: int) -> str:
    return one.tone or f"s{place % 6}"


def _grid(scale: Scale, unit: str) -> str:
    lines = []
    for step in range(scale.steps + 1):
        value = scale.bottom + (scale.top - scale.bottom) * step / scale.steps
        y = scale.y(value)
        kind = "base" if step == 0 else "grid"
        lines.append(
            f'<path class="{kind}" d="M{LEFT} {y}H{scale.width - RIGHT}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4.5}" text-anchor="end">{trimmed(value, 2)}{unit}</text>'
        )
    return "".join(lines)


def _labels(scale: Scale, labels: Sequence[Any]) -> str:
    every = max(1, math.ceil(len(labels) / 12))
    return "".join(
        f'<text x="{scale.x(at, len(labels))}" y="{scale.height - 9}" text-anchor="middle">'
        f"{escape(label)}</text>"
        for at, label in enumerate(labels)
        if at % every == 0
    )


def _svg(body: str, title: str, size: tuple[float, float], words: str) -> str:
    width, height = size
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>{body}</svg>"
    )


def _words(labels: Sequence[Any], series: Sequence[Series]) -> str:
    parts = []
    for one in series:
        pairs = (
            f"{label}: {trimmed(value, 2)}"
            for label, value in zip(labels, one.values, strict=False)
            if value is not None
        )
        parts.append(f"{one.title} – {', '.join(pairs)}")
    return ". ".join(parts)


def _with_table(
    svg: str, title: Any, labels: Sequence[Any], series: Sequence[Series]
) -> SafeString:
    rows = [
        (label, [one.values[at] if at < len(one.values) else None for one in series])
        for at, label in enumerate(labels)
    ]
    context = {
        "svg": mark_safe(svg),  # noqa: S308 -- made above, every text escaped
        "title": title,
        "series": [(one, _tone(one, at)) for at, one in enumerate(series)],
        "rows": [
            (label, ["–" if value is None else trimmed(value, 2) for value in values])
            for label, values in rows
        ],
    }
    return mark_safe(render_to_string("charts/_chart.html", context))  # noqa: S308 -- a template


def bars(
    labels: Sequence[Any], series: Sequence[Series], *, title: Any, unit: Any = ""
) -> SafeString:
    """Draw groups of standing bars."""
    scale = nice_scale(0, max(known(series), default=1))
    room = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    thick = min(46.0, room * 0.74 / max(len(series), 1))
    parts = [_grid(scale, "")]
    for place, one in enumerate(series):
        for at, value in enumerate(one.values):
            if value is None:
                continue
            x = scale.x(at, len(labels)) + thick * (place - len(series) / 2)
            y = scale.y(float(value))
            tip = f"{labels[at]}, {one.title}: {trimmed(value, 2)} {unit}".strip()
            parts.append(
                f'<rect class="{_tone(one, place)}" x="{x + 1:.1f}" y="{y}" width="{thick - 2:.1f}"'
                f' height="{scale.y(0) - y:.1f}" rx="2.5"><title>{escape(tip)}</title></rect>'
            )
    parts.append(_labels(scale, labels))
    svg = _svg("".join(parts), f"{title}", (WIDTH, HEIGHT), _words(labels, series))
    return _with_table(svg, _titled(title, unit), labels, series)


def _titled(title: Any, unit: Any) -> str:
    return f"{title}, {unit}" if unit else f"{title}"


def _runs(one: Series) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(one.values):
        if value is not None:
            runs[-1].append((at, float(value)))
        elif not one.joined:
            runs.append([])
    return [run for run in runs if run]


def _path(run: Sequence[tuple[int, float]], scale: Scale, places: int) -> str:
    return "L".join(f"{scale.x(at, places)} {scale.y(value)}" for at, value in run)


def _band(one: Series, scale: Scale, tone: str, places: int) -> str:
    pairs = [
        (at, low, high)
        for at, (low, high) in enumerate(zip(one.low, one.high, strict=False))
        if low is not None and high is not None
    ]
    if len(pairs) < 2:
        return ""
    up = _path([(at, float(high)) for at, _low, high in pairs], scale, places)
    down = _path([(at, float(low)) for at, low, _high in reversed(pairs)], scale, places)
    return f'<path class="area {tone}" d="M{up}L{down}Z"/>'


def lines(
    labels: Sequence[Any],
    series: Sequence[Series],
    *,
    title: Any,
    unit: Any = "",
    from_zero: bool = True,
) -> SafeString:
    """Draw lines, each with its band of uncertainty (`low` and `high`) if it has one."""
    values = known(series)
    scale = nice_scale(0 if from_zero else min(values, default=0), max(values, default=1))
    places = len(labels)
    parts = [_grid(scale, "")]
    for place, one in enumerate(series):
        tone = _tone(one, place)
        parts.append(_band(one, scale, tone, places))
        dash = " dash" if one.dashed else ""
        for run in _runs(one):
            parts.append(f'<path class="line{dash} {tone}" d="M{_path(run, scale, places)}"/>')
            for at, value in run:
                tip = f"{labels[at]}, {one.title}: {trimmed(value, 2)} {unit}".strip()
                parts.append(
                    f'<circle class="dot {tone}" cx="{scale.x(at, places)}" cy="{scale.y(value)}"'
                    f' r="5.5"><title>{escape(tip)}</title></circle>'
                )
    parts.append(_labels(scale, labels))
    svg = _svg("".join(parts), f"{title}", (WIDTH, HEIGHT), _words(labels, series))
    return _with_table(svg, _titled(title, unit), labels, series)


def share_bar(parts: Sequence[tuple[Any, float, str]], *, title: Any) -> SafeString:
    """Draw one bar cut into shares: (title, amount, tone) each."""
    whole = sum(amount for _title, amount, _tone_name in parts) or 1
    x, drawn = 0.0, []
    for name, amount, tone in parts:
        width = 640 * amount / whole
        tip = f"{name}: {percent_text(amount / whole)}"
        drawn.append(
            f'<rect class="{tone}" x="{x:.1f}" width="{max(width - 1.5, 0):.1f}" height="28">'
            f"<title>{escape(tip)}</title></rect>"
        )
        x += width
    series = [
        Series(f"{name}: {percent_text(amount / whole, 0)}", [amount], tone)
        for name, amount, tone in parts
    ]
    words = ", ".join(f"{name}: {percent_text(amount / whole)}" for name, amount, _t in parts)
    svg = _svg("".join(drawn), f"{title}", (640, 28), words)
    return _with_table(svg, title, [_("All")], series)


def sparkline(values: Sequence[Value], *, title: Any, tone: str = "s1") -> SafeString:
    """Draw a small line to stand in a row of text or a table."""
    numbers = [float(value) for value in values if value is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    span, last = (high - low) or 1, max(len(values) - 1, 1)
    path = "L".join(
        f"{2 + 106 * at / last:.1f} {25 - 22 * (float(value) - low) / span:.1f}"
        for at, value in enumerate(values)
        if value is not None
    )
    words = ", ".join(trimmed(value, 2) for value in numbers)
    return mark_safe(  # noqa: S308 -- numbers and escaped texts only
        f'<span class="q-chart"><svg class="q-spark" viewBox="0 0 110 28" role="img" '
        f'aria-label="{escape(title)}: {escape(words)}">'
        f'<path class="line {tone}" d="M{path}"/></svg></span>'
    )


def funnel(steps: Sequence[tuple[Any, int, str]], *, title: Any, tone: str = "s1") -> SafeString:
    """Draw the steps of a road as a list of bars: (title, count, address of the rows) each."""
    most = max((count for _name, count, _url in steps), default=0) or 1
    rows = [
        {"name": name, "url": url, "count": trimmed(count, 0), "width": f"{100 * count / most:.1f}"}
        for name, count, url in steps
    ]
    context = {"rows": rows, "title": title, "tone": tone}
    return mark_safe(render_to_string("charts/_funnel.html", context))  # noqa: S308 -- a template
