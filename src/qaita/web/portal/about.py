"""How Qaita works, what it promises, and how anybody checks it without us."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from qaita.web.middleware import Request
from qaita.web.not_yet import NOT_YET
from qaita.web.portal.chain import chain_steps


def about(request: Request) -> HttpResponse:
    """Tell how it works and how to verify."""
    return render(request, "portal/about.html", {"steps": chain_steps(), "not_yet": NOT_YET})


urlpatterns: list[URLPattern] = [path("about/", about, name="about")]
