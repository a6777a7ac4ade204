"""The front page: my address, figures against targets, the map, what is off, what was renewed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qaita.territory.models import Region
from qaita.web.maps import Shade, country_map, outlines
from qaita.web.portal.chain import chain_steps
from qaita.web.portal.links import link


def home(request: HttpRequest) -> HttpResponse:
    """Show figures against targets, the map and my address."""
    regions = list(Region.objects.all())
    shades = {one.kato: Shade("w0", "", "", link("region", one.kato)) for one in regions}
    context = {
        "steps": chain_steps(),
        "outlines": outlines("land"),
        "maps": [("heat", country_map("land", regions, shades, title=_("Regions")))],
        "address_url": link("address"),
    }
    return render(request, "portal/home.html", context)
