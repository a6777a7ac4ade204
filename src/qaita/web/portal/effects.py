"""What the works changed: failures before and after, service by service and project by project."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from qaita.effects.queries import effects_by_project, effects_by_service
from qaita.kernel.clock import day_of
from qaita.law import effects as effects_law


def effects(request: HttpRequest) -> HttpResponse:
    """Show the effects of all accepted works, with the rule that says when it is too early."""
    today = day_of(request.at)  # type: ignore[attr-defined]  # set by the middleware
    context = {
        "services": effects_by_service(today),
        "projects": effects_by_project(today),
        "rule": effects_law(on=today),
        "today": today,
    }
    return render(request, "portal/effects.html", context)


urlpatterns = [path("effects/", effects, name="effects")]
