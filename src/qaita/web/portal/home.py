"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show figures against targets, the map and my address."""
    return render(request, "portal/home.html")
