"""Every piece of long work, for the administrator: what waits, runs, failed, and why."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qaita.jobs.models import Job
from qaita.kernel.errors import NotYours
from qaita.web.formats import instant_words, percent_text
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request

KINDS: dict[str, str | Promise] = {
    "networks.read": _("Reading a file of a network"),
    "networks.reread": _("Reading a file of a network again"),
    "networks.load": _("Loading a network into the register"),
    "networks.criticality": _("Computing what each section carries"),
    "planning.country": _("Planning the country"),
    "appeals.tell": _("Telling a person about an appeal"),
}
OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    "waiting": (_("waiting"), "muted"),
    "running": (_("running"), "info"),
    "done": (_("done"), "good"),
    "failed": (_("failed"), "bad"),
    "cancelled": (_("cancelled"), "muted"),
}


def job_words(kind: str) -> str:
    """Return what a job does, in words; kinds of one room may have a word of their own added."""
    known = next((words for name, words in KINDS.items() if kind.startswith(name)), None)
    return str(known or kind)


def _outcome(row: Job) -> SafeString:
    words, tone = OUTCOMES.get(row.outcome, (row.outcome, "muted"))
    return format_html('<span class="q-badge tone-{}">{}</span>', tone, words)


def _kinds() -> Options:
    known = Job.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, job_words(kind)) for kind in known]


def _when(name: str, title: Any) -> Column:
    """Return a column of one of the job's instants."""

    def shown(row: Job) -> str:
        at = getattr(row, name)
        return instant_words(at, short=True) if at else "–"

    return Column(name, title, lambda row: getattr(row, name), show=shown, sort=name)


JOBS = Listing(
    "jobs",
    columns=(
        Column("kind", _("Work"), lambda row: job_words(row.kind), sort="kind"),
        Column("code", _("Code"), lambda row: row.code),
        Column("subject", _("About"), lambda row: row.subject or None),
        Column("actor", _("Asked by"), lambda row: row.actor),
        _when("queued_at", _("Asked for")),
        _when("ended_at", _("Ended")),
        Column("progress", _("Progress"), lambda row: row.progress_share, align="num",
               show=lambda row: percent_text(row.progress_share, 0)),
        Column("outcome", _("Outcome"), lambda row: str(OUTCOMES[row.outcome][0]), show=_outcome,
               sort="outcome"),
        Column("message", _("Last words"), lambda row: row.message or None),
    ),
    filters=(
        Text("q", _("Search"), ("code", "subject", "actor", "message")),
        Choice("outcome", _("Outcome"), [(key, words) for key, (words, _t) in OUTCOMES.items()]),
        Choice("kind", _("Work"), _kinds),
    ),
    order="-queued_at",
    empty=_("No job was asked for yet."),
)  # fmt: skip


@login_required
def jobs(request: Request) -> HttpResponseBase:
    """List all jobs."""
    if not request.actor.has("sysadmin"):
        raise NotYours("job")
    return show_listing(request, JOBS, Job.objects.all(), "desk/jobs.html", {})
