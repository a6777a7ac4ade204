"""What the project's page shows of its works: {% project_works project on %}."""

from datetime import date
from typing import Any

from django import template

from qaita.effects.queries import effect_of
from qaita.kernel.remembering import asked_once
from qaita.programme.models import Project
from qaita.works.models import AsBuilt, Site
from qaita.works.queries import (
    acts_of,
    failures_under_warranty,
    gallery_of,
    lateness_of,
    sides_signed,
    sites_of,
)

register = template.Library()


@register.inclusion_tag("portal/project_works.html")
def project_works(project: Project, on: date) -> dict[str, Any]:
    """Show the sites of a project: pictures, lines against the design, acts, effect."""
    return _works_of(project, on)


@asked_once
def _works_of(project: Project, today: date) -> dict[str, Any]:
    sites = list(sites_of(project).prefetch_related("milestones", "reports"))
    return {
        "project": project,
        "sites": [
            (site, lateness_of(site, on=today), gallery_of(site), _lines(site)) for site in sites
        ],
        "acts": [(act, sides_signed(act)) for act in acts_of(project)],
        "claims": failures_under_warranty(project),
        "effect": effect_of(project, today),
    }


def _lines(site: Site) -> list[AsBuilt]:
    rows = site.as_built.exclude(state="withdrawn").select_related("section")
    return list(rows.prefetch_related("replaces"))
