"""The verbs of long work. A job may run twice, can be cancelled, and gives up loudly."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import override

from qaita.accounts.queries import actor_of, get_person
from qaita.jobs.errors import Cancelled
from qaita.jobs.models import OVER, Job
from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, QaitaError, sentences_of

LOG = logging.getLogger(__name__)


def queue_job(
    kind: str, subject: str, *, by: Actor, at: datetime, resume: dict[str, Any] | None = None
) -> Job:
    """Note that long work was asked for; the caller queues the task with the job's code.

    `resume` is where it begins: what the work needs beside its subject.
    """
    return Job.objects.create(
        kind=kind, subject=subject, actor=by.code, queued_at=at, resume=resume or {}
    )


def begin_job(job: Job, *, at: datetime) -> Job:
    """Note that a worker took the job; a second run keeps its resume point."""
    return _write_unless_cancelled(job, outcome="running", began_at=at, told_at=at, ended_at=None)


@contextmanager
def doing_job(job: Job, clock: Callable[[], datetime]) -> Iterator[Actor]:
    """Do a job for the person who asked: in that person's language, and every way it may end told.

    Whoever cancels ends it silently, a refusal with its sentences, a fault loudly.
    """
    person = get_person(job.actor)
    with override(person.language or "kk"):
        try:
            yield actor_of(person)
        except Cancelled:
            LOG.info("job %s was cancelled", job.code)
        except QaitaError as error:
            fail_job(job, " ".join(sentences_of(error)), at=clock())
        except Exception:
            fail_job(job, "", at=clock())
            LOG.exception("job %s gave up", job.code)
            raise


def report_progress(
    job: Job,
    share: float,
    message: str = "",
    *,
    resume: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Note how far the job is (0…1); raise Cancelled when somebody asked it to stop.

    `at` is a sign of life: a job without one for long is taken for lost.
    """
    told: dict[str, Any] = {"progress_share": min(max(share, 0.0), 1.0), "message": message[:250]}
    told |= {} if at is None else {"told_at": at}
    _write_unless_cancelled(job, **told, **({} if resume is None else {"resume": resume}))


def finish_job(job: Job, result: dict[str, Any], *, at: datetime) -> Job:
    """Note what came of the job."""
    job.outcome, job.result, job.progress_share, job.ended_at = "done", result, 1.0, at
    job.save(update_fields=["outcome", "result", "progress_share", "ended_at"])
    return job


def fail_job(job: Job, message: str, *, at: datetime) -> Job:
    """Note in one sentence why the job gave up."""
    job.outcome, job.message, job.ended_at = "failed", message[:250], at
    job.save(update_fields=["outcome", "message", "ended_at"])
    return job


def cancel_job(job: Job, *, by: Actor, at: datetime) -> Job:
    """Stop a job that is not over: its owner or an administrator may."""
    if by.code != job.actor and not by.has("sysadmin"):
        raise NotYours("job")
    Job.objects.filter(pk=job.pk).exclude(outcome__in=OVER).update(outcome="cancelled", ended_at=at)
    job.refresh_from_db()
    return job


def _write_unless_cancelled(job: Job, **values: Any) -> Job:
    """Write in one step, so that whoever cancels in the same moment is heard."""
    if not Job.objects.filter(pk=job.pk).exclude(outcome="cancelled").update(**values):
        raise Cancelled(job.code)
    for name, value in values.items():
        setattr(job, name, value)
    return job
