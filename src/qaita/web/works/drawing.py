"""A small plan of a site: the design, the line as laid, the places of pictures."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qaita.works.queries import Outline

WIDTH = 640.0
LEAST_HEIGHT = 120.0
MOST_HEIGHT = 360.0
EDGE = 24.0
# lengths offered to the scale bar, in metres
SCALE_M = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)

Points = Iterable[tuple[float, float]]


class _Sheet:
    """Metres turned into units of the drawing, north up."""

    def __init__(self, outline: Outline) -> None:
        across = (WIDTH - 2 * EDGE) / max(outline.width_m, 1.0)
        along = (MOST_HEIGHT - 2 * EDGE) / max(outline.height_m, 1.0)
        self.scale = min(across, along)
        self.height = max(outline.height_m * self.scale + 2 * EDGE, LEAST_HEIGHT)
        self.left = (WIDTH - outline.width_m * self.scale) / 2
        self.top = (self.height + outline.height_m * self.scale) / 2

    def at(self, x: float, y: float) -> tuple[str, str]:
        return f"{self.left + x * self.scale:.1f}", f"{self.top - y * self.scale:.1f}"

    def line(self, points: Points) -> str:
        return " ".join(",".join(self.at(x, y)) for x, y in points)

    def bar_m(self) -> int:
        fitting = [metres for metres in SCALE_M if metres * self.scale <= WIDTH / 4]
        return fitting[-1] if fitting else SCALE_M[0]


def drawing_of(outline: Outline) -> SafeString:
    """Return the plan as SVG; the table beside it holds the figures."""
    sheet = _Sheet(outline)
    design = ((sheet.line(part),) for part in outline.design)
    laid = ((sheet.line(points), code) for code, points in outline.laid)
    places = ((*sheet.at(x, y), code) for code, x, y in outline.pictures)
    metres = sheet.bar_m()
    foot = f"{sheet.height - 8:.1f}"
    return format_html(
        '<svg class="q-site" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}'
        '<line class="bar" x1="{}" y1="{}" x2="{}" y2="{}"/><text x="{}" y="{}">{}</text></svg>',
        f"{WIDTH:g}",
        f"{sheet.height:.0f}",
        _("Plan of the site: design, line as laid, pictures"),
        format_html_join("", '<polyline class="design" points="{}"/>', design),
        format_html_join(
            "", '<polyline class="laid" points="{}"><title>{}</title></polyline>', laid
        ),
        format_html_join(
            "", '<circle class="shot" cx="{}" cy="{}" r="5"><title>{}</title></circle>', places
        ),
        f"{EDGE:g}",
        foot,
        f"{EDGE + metres * sheet.scale:.1f}",
        foot,
        f"{EDGE + metres * sheet.scale + 8:.1f}",
        f"{sheet.height - 4:.1f}",
        _("%(n)d m") % {"n": metres},
    )
