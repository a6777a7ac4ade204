"""What is new: the works accepted last."""

from dataclasses import dataclass

from qaita.web.links import link
from qaita.works.models import Act

NEWEST = 4


@dataclass(frozen=True)
class AcceptedWork:
    """An accepted act with the pages it leads to."""

    act: Act
    url: str
    trace_url: str


def newest_works(region: str = "", limit: int = NEWEST) -> list[AcceptedWork]:
    """Return the acts accepted last."""
    rows = Act.objects.filter(state="accepted").select_related(
        "site__project__region", "site__project__utility"
    )
    if region:
        rows = rows.filter(site__project__region__kato=region)
    acts = list(rows.order_by("-accepted_at", "code").prefetch_related("as_built__section")[:limit])
    return [AcceptedWork(act, _project_url(act), _trace_url(act)) for act in acts]


def _project_url(act: Act) -> str:
    return link("project", act.site.project.code)


def _trace_url(act: Act) -> str:
    sections = [line.section for line in act.as_built.all() if line.section]
    return link("trace", sections[0].code) if sections else ""
