"""The front page: my address, figures against targets, the map, what is off, what was renewed."""

from django.http import HttpResponse
from django.shortcuts import render

from qaita.kernel.clock import day_of
from qaita.web.links import link
from qaita.web.middleware import Request
from qaita.web.portal import figures, news, off_now, region_maps
from qaita.web.portal.chain import chain_steps


def home(request: Request) -> HttpResponse:
    """Show figures against targets, the map and my address."""
    on = day_of(request.at)
    context = {
        "services": figures.service_figures(),
        "whole": figures.headlines(),
        "maps": region_maps.wear_maps(on),
        "off": off_now.off_now(),
        "funnel": figures.funnel_of(on),
        "projects_url": link("projects"),
        "works": news.newest_works(),
        "steps": chain_steps(),
        "address_url": link("address"),
        "appeal_url": link("appeal_new"),
        "outages_url": link("outages"),
        "programme_url": link("programme"),
        "contracts_url": link("contracts"),
    }
    return render(request, "portal/home.html", context)
