"""The desk's home: the queue of each role."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qaita.accounts.models import Person
from qaita.accounts.roles import ROLES
from qaita.kernel.clock import day_of
from qaita.web.desk.duties import DUTIES
from qaita.web.desk.panels import Panel
from qaita.web.desk.queues import waiting_for
from qaita.web.desk.upkeep import upkeep_panels
from qaita.web.middleware import Request
from qaita.web.producers.home import producer_panels

PANELS: dict[str, Callable[[Request], list[Panel]]] = {
    "producer": producer_panels,
    "sysadmin": upkeep_panels,
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, one tab per role."""
    asked = cast("Request", request)
    roles = [role for role in ROLES if role in asked.actor.roles and role in DUTIES]
    role = request.GET.get("role", "")
    role = role if role in roles else (roles[0] if roles else "")
    items = [item for item in waiting_for(asked) if item.role in ("", role)]
    today = day_of(asked.at)
    context = {
        "roles": roles,
        "role": role,
        "duty": DUTIES.get(role),
        "panels": PANELS[role](asked) if role in PANELS else [],
        "items": [(item, item.late(today)) for item in items],
        "count": sum(item.stands_for for item in items),
        "memberships": cast("Person", request.user).memberships.select_related(
            "organisation", "region"
        ),
    }
    return render(request, "desk/home.html", context)
