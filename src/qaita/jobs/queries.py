"""Questions about long work."""

from django.db.models import QuerySet

from qaita.jobs.models import Job
from qaita.kernel.actor import Actor
from qaita.kernel.errors import Missing


def get_job(code: str) -> Job:
    """Return exactly one job, or raise Missing."""
    try:
        return Job.objects.get(code=code)
    except Job.DoesNotExist:
        raise Missing("job", code) from None


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """Return the jobs a person asked for; an administrator sees all."""
    return Job.objects.all() if actor.has("sysadmin") else Job.objects.filter(actor=actor.code)
