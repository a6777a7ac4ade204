"""A small map of some sections within their network, as SVG that needs nothing else."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qaita.networks.geometry import Coords, unpack
from qaita.networks.models import Section

WIDTH, HEIGHT, MARGIN = 640.0, 360.0, 16.0
MOST_AROUND = 1_500


def _bounds(lines: Sequence[Coords]) -> tuple[float, float, float, float]:
    points = np.concatenate(lines)
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    # room around a short street, so that it is seen where it lies
    wide = max(east - west, (north - south) * 1.6, 0.004)
    return west - wide * 0.25, south - wide * 0.15, east + wide * 0.25, north + wide * 0.15


def _path(line: Coords, box: tuple[float, float, float, float]) -> str:
    west, south, east, north = box
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * MARGIN) / ((east - west) * shrink), (HEIGHT - 2 * MARGIN) / (north - south)
    )
    x = WIDTH / 2 + (line[:, 0] - (west + east) / 2) * shrink * scale
    y = HEIGHT / 2 - (line[:, 1] - (south + north) / 2) * scale
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def drawing(chosen: Iterable[Section], around: Iterable[Section]) -> SafeString | str:
    """Draw the chosen sections over those around them: the lines, which need no words."""
    strong = [unpack(section.geometry) for section in chosen]
    if not strong:
        return ""
    box = _bounds(strong)
    weak = [
        line
        for line in (unpack(section.geometry) for section in around)
        if (line[:, 0].max() >= box[0] and line[:, 0].min() <= box[2])
        and (line[:, 1].max() >= box[1] and line[:, 1].min() <= box[3])
    ][:MOST_AROUND]
    back = format_html_join("", '<path d="{}"/>', ((_path(line, box),) for line in weak))
    front = format_html_join("", '<path d="{}"/>', ((_path(line, box),) for line in strong))
    return format_html('<g class="around">{}</g><g class="chosen">{}</g>', back, front)


def framed(lines: SafeString | str, *, title: str) -> SafeString | str:
    """Put the lines into their frame, with a title for those who do not see them."""
    frame = '<svg class="q-sections" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return format_html(frame, int(WIDTH), int(HEIGHT), title, lines) if lines else ""
