"""Effects on the desk: the same figures as in public, for the utility's own projects."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase

from qaita.effects.queries import effects_by_project
from qaita.kernel.clock import day_of
from qaita.programme.queries import projects_of
from qaita.web.lists import show_listing
from qaita.web.middleware import Request
from qaita.web.portal.effects import EFFECTS
from qaita.web.reckoned import Reckoned


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the effects of the projects this person works with."""
    today = day_of(request.at)
    rows = Reckoned(effects_by_project(today, projects_of(request.actor)))
    return show_listing(request, EFFECTS, rows, "effects/home.html", {"today": today})
