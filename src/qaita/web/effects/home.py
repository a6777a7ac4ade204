"""Effects on the desk: the same figures as in public, for the utility's own projects."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from qaita.effects.queries import effects_by_project
from qaita.kernel.clock import day_of
from qaita.programme.queries import projects_of
from qaita.web.middleware import Request


@login_required
def home(request: Request) -> HttpResponse:
    """List the effects of the projects this person works with."""
    today = day_of(request.at)
    rows = effects_by_project(today, projects_of(request.actor))
    return render(request, "effects/home.html", {"projects": rows, "today": today})
