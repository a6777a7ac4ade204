"""One section through the whole chain, both ways: a timeline that works on a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qaita.disclosure.queries import Figure, Page, Step, trace_of
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing
from qaita.kernel.ids import read_code
from qaita.networks.models import Material
from qaita.web import formats, labels

STATES = {"done": _("Happened"), "now": _("Under way"), "not_yet": _("Not yet")}
TONES = {"done": "good", "now": "warn", "not_yet": "muted"}


@dataclass(frozen=True)
class ShownStep:
    """A step with its links and figures in the reader's language."""

    step: Step
    state: Any
    tone: str
    url: str
    more: list[tuple[str, str]]
    sentence: str
    source: str
    figures: list[tuple[Any, str]]


def trace(request: HttpRequest, code: str) -> HttpResponse:
    """Show the story of a section, old or new."""
    known = read_code(code)
    if known is None:
        raise Missing("section", code)
    story = trace_of(known, on=day_of(request.at))  # type: ignore[attr-defined]  # middleware
    steps = [_shown(step) for step in story.steps]
    context = {
        "trace": story,
        "place": _in_language(story.place),
        "steps": steps,
        "around": [_shown(step) for step in story.around],
        "total": len(steps),
        "old": [(page.key, page_url(page)) for page in story.old],
        "new": [(page.key, page_url(page)) for page in story.new],
    }
    return render(request, "portal/trace.html", context)


def page_url(page: Page | None) -> str:
    """Return the address of a page, or nothing while it is not built."""
    if page is None:
        return ""
    try:
        return reverse(f"portal:{page.name}", args=[page.key] if page.key else [])
    except NoReverseMatch:
        return ""


def _shown(step: Step) -> ShownStep:
    return ShownStep(
        step,
        STATES[step.state],
        TONES[step.state],
        page_url(step.page),
        [(page.key, page_url(page)) for page in step.more],
        str(step.sentence) or _in_language(step.named),
        str(step.source) or _in_language(step.source_named),
        [(figure.label, written(figure)) for figure in step.figures],
    )


def _in_language(names: dict[str, str]) -> str:
    chosen = names.get(formats.language(), "")
    return chosen or next((name for name in names.values() if name), "")


def _material(value: str) -> str:
    return str(Material(value).label) if value in Material.values else gettext("unknown")


def _state(kind: str) -> Callable[[Any], str]:
    return lambda value: str(labels.state_of(kind, value).title)


def _change(value: Any) -> str:
    return f"{'+' if value > 0 else ''}{formats.money_text(value)}"


WRITERS: dict[str, Callable[[Any], str]] = {
    "length_m": formats.length_text,
    "kzt": lambda value: formats.money_text(value, short=True),
    "kzt_change": _change,
    "share": formats.percent_text,
    "number": lambda value: formats.trimmed(value, 1),
    "rate": lambda value: formats.trimmed(value, 2),
    "day": formats.day_text,
    "year": lambda value: str(value.year),
    "text": str,
    "code": str,
    "names": _in_language,
    "material": _material,
    "state": _state("project"),
    "tender_state": _state("tender"),
    "site_state": _state("site"),
    "act_state": _state("act"),
}


def written(figure: Figure) -> str:
    """Write a figure's value in the reader's language."""
    return WRITERS[figure.kind](figure.value)


urlpatterns = [path("trace/<str:code>/", trace, name="trace")]
