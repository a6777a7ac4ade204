"""Words for checks, doubts about pictures and materials: {% load works %}."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qaita.networks.models import Material
from qaita.web.works.drawing import drawing_of
from qaita.works.models import Site
from qaita.works.queries import outline_of

register = template.Library()

CHECKS = {
    "pressure_test": _("Pressure test"),
    "hidden_works": _("Act of hidden works"),
    "disinfection": _("Flushing and disinfection"),
    "tightness": _("Tightness test"),
    "insulation": _("Insulation test"),
}
FLAGS = {
    "no_place": _("no place in the picture"),
    "place_told": _("place told by the sender"),
    "outside": _("taken away from the line"),
    "no_time": _("no time in the picture"),
    "other_time": _("taken at another time"),
    "reused": _("same as an earlier picture"),
}


@register.filter
def check_label(check: Any) -> Any:
    """Return the words of a check or of its kind."""
    kind = getattr(check, "kind", check)
    return CHECKS.get(kind, kind)


@register.filter
def flag_label(flag: str) -> Any:
    """Return the words of a doubt about a picture."""
    return FLAGS.get(flag, flag)


@register.filter
def material_label(material: str) -> Any:
    """Return the words of a material."""
    return Material(material).label if material in Material.values else _("unknown")


@register.simple_tag
def site_drawing(site: Site) -> SafeString | str:
    """Draw the plan of a site."""
    outline = outline_of(site)
    return drawing_of(outline) if outline else ""
