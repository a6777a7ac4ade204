"""The programme's page: service by service, what was promised, planned and accepted."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from qaita.kernel.clock import day_of
from qaita.programme.queries import overdue_clocks
from qaita.web.middleware import Request
from qaita.web.portal import figures
from qaita.web.portal.forecasts import forecasts


def programme(request: Request) -> HttpResponse:
    """Show plan, fact and published figures by service, region and year; funnel; late steps."""
    on = day_of(request.at)
    drawn = forecasts(on)
    context = {
        "on": on,
        "services": [(row, drawn.get(row.service, "")) for row in figures.service_figures()],
        "whole": figures.whole_programme(),
        "funnel": figures.funnel_of(on),
        "overdue": figures.overdue_board(on),
        "late": overdue_clocks(on).count(),
    }
    return render(request, "portal/programme.html", context)


urlpatterns: list[URLPattern] = [path("programme/", programme, name="programme")]
