"""How far the reading or loading of a file is; what came of it; the button that stops it."""

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.jobs.models import Job
from qaita.jobs.queries import jobs_of
from qaita.jobs.services import cancel_job
from qaita.web.middleware import Request

KINDS: dict[str, str | Promise] = {
    "networks.read": gettext_lazy("The file is being read"),
    "networks.reread": gettext_lazy("The file is being read again"),
    "networks.load": gettext_lazy("The network is being loaded into the register"),
    "networks.criticality": gettext_lazy("What each section carries is being computed"),
}
STAGES: dict[str, str | Promise] = {
    "": gettext_lazy("It waits for its turn."),
    "reading": gettext_lazy("Every row is read and checked."),
    "computing": gettext_lazy("Every section is closed in turn."),
    "noting": gettext_lazy("What was found is being written down."),
    "storing": gettext_lazy("The sections are being stored, whole or not at all."),
}


def running_jobs(request: Request) -> list[tuple[Job, str]]:
    """Return the person's files that are being worked on, with their names."""
    rows = jobs_of(request.actor).filter(kind__in=KINDS, outcome__in=("waiting", "running"))
    return [(row, file_of(row)) for row in rows]


def file_of(job: Job) -> str:
    """Return the name of the file or network a job works on."""
    return Path(str(job.resume.get("path", ""))).name or str(job.resume.get("name", ""))


def my_job(request: Request, code: str) -> Job:
    """Return a job this person asked for."""
    return get_object_or_404(jobs_of(request.actor).filter(kind__in=KINDS), code=code)


@login_required
def job(request: Request, code: str) -> HttpResponse:
    """Show how far it is; lead to the import when it is done."""
    found = my_job(request, code)
    if found.outcome == "done":
        return _to_import(request, found)
    context = {
        "job": found,
        "file": file_of(found),
        "title": KINDS[found.kind],
        "stage": STAGES.get(found.message, ""),
        "percent": round(found.progress_share * 100),
        "uses_htmx": True,
    }
    part = request.htmx and not found.is_over
    return render(request, "networks/_job.html" if part else "networks/job.html", context)


def _to_import(request: Request, found: Job) -> HttpResponse:
    if found.kind == "networks.criticality":
        address = reverse("networks:criticality", args=[found.result["network"]])
    else:
        address = reverse("networks:import", args=[found.result["import"]])
    if found.kind == "networks.load":
        messages.success(request, _("The network is in the register."))
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@require_POST
@login_required
def cancel(request: Request, code: str) -> HttpResponse:
    """Stop it; nothing half done stays."""
    found = cancel_job(my_job(request, code), by=request.actor, at=request.at)
    if found.kind == "networks.criticality":
        return redirect("networks:criticality", found.subject)
    if found.outcome == "cancelled":
        messages.success(request, _("Stopped. Nothing of the file is in the register."))
        return redirect("networks:home")
    return redirect("networks:job", code)
