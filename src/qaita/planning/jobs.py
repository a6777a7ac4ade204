"""Long work of planning: the country's plan. It may run twice: a killed one begins anew."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from qaita.accounts.queries import get_person
from qaita.jobs.errors import Cancelled
from qaita.jobs.models import OVER, Job
from qaita.jobs.queries import get_job
from qaita.jobs.services import (
    begin_job,
    cancel_job,
    doing_job,
    fail_job,
    finish_job,
    queue_job,
    report_progress,
)
from qaita.kernel.actor import SYSTEM, Actor
from qaita.kernel.clock import now
from qaita.kernel.errors import QaitaError, sentences_of
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.national.limits import CountryLimits, limits_of_json
from qaita.planning.national.trial import try_limits
from qaita.planning.queries import folder_of, get_country_run
from qaita.planning.services import (
    cancel_country_run,
    compute_country_run,
    fail_country_run,
    forget_part_of_run,
    start_country_run,
)
from qaita.planning.words import stage_words

COUNTRY = "planning.country"
TRIAL = "planning.trial"
OPEN = ("queued", "running")
LOST_AFTER = timedelta(minutes=30)  # no stage of the work is silent for so long
NEVER_TAKEN_AFTER = timedelta(hours=6)  # a run waits so long at most, or has no job that tells
MOST_TRIES = 2


def queue_country_run(
    scenario: CountryScenario, *, by: Actor, at: datetime, begun_from: CountryRun | None = None
) -> Job:
    """Ask for the plan of a scenario; a worker computes it. The job's subject is the run."""
    run = start_country_run(scenario, by=by, at=at, begun_from=begun_from)
    job = queue_job(COUNTRY, run.code, by=by, at=at)
    plan_country.enqueue(job.code)
    job.refresh_from_db()
    return job


@task()
def plan_country(job_code: str) -> None:
    """Compute the run of a job; what went wrong is told on the job's page."""
    job = get_job(job_code)
    run = get_country_run(job.subject)
    if run.state not in OPEN:
        return
    with doing_job(job, now) as by:
        try:
            begin_job(job, at=now())
            made = _compute(run, job, by=by)
        except Cancelled:
            _end(run, cancel_country_run)
            raise
        except Exception as error:
            why = " ".join(sentences_of(error)) if isinstance(error, QaitaError) else ""
            _end(run, partial(fail_country_run, why=why or type(error).__name__))
            raise
        finish_job(job, {"run": made.code}, at=now())


def _compute(run: CountryRun, job: Job, *, by: Actor) -> CountryRun:
    def told(share: float, stage: str) -> None:
        report_progress(job, share, stage_words(stage), at=now())
        if not CountryRun.objects.filter(pk=run.pk, state="running").exists():
            raise Cancelled(run.code)

    return compute_country_run(run, by=by, at=now(), told=told)


def _end(run: CountryRun, verb: Callable[..., CountryRun]) -> None:
    """End a run that will not be made, unless somebody has ended it already."""
    run.refresh_from_db()
    if run.state in OPEN:
        verb(run, by=SYSTEM, at=now())


def queue_trial(run: CountryRun, limits: CountryLimits, *, by: Actor, at: datetime) -> Job:
    """Ask what a run's plan would become at other limits; nothing but the job is stored.

    A newer question of the same person about the same run stops the older ones.
    """
    older = Job.objects.filter(kind=TRIAL, subject=run.code, actor=by.code)
    for one in older.exclude(outcome__in=OVER):
        cancel_job(one, by=by, at=at)
    job = queue_job(TRIAL, run.code, by=by, at=at, resume={"limits": limits.as_json()})
    try_country.enqueue(job.code)
    job.refresh_from_db()
    return job


@task()
def try_country(job_code: str) -> None:
    """Compute what a run's plan would become; the job holds what came out."""
    job = get_job(job_code)
    with doing_job(job, now):
        begin_job(job, at=now())
        found = _tried(job)
        finish_job(job, found, at=now())


def _tried(job: Job) -> dict[str, Any]:
    run = get_country_run(job.subject)

    def told(share: float, stage: str) -> None:
        report_progress(job, share, stage_words(stage), at=now())

    def priced(bound_mkzt: float) -> None:
        known = {**job.resume, "bound_mkzt": bound_mkzt}
        report_progress(job, job.progress_share, job.message, resume=known)

    limits = limits_of_json(job.resume["limits"])
    return try_limits(folder_of(run), run.result_digest, limits, (told, priced))


def revive_country_runs_due(*, at: datetime) -> int:
    """Take up runs whose worker was lost once more; end those that nobody takes or that fail again.

    Return how many were lost. Nothing half made stays of a run that is ended.
    """
    lost = [run for run in CountryRun.objects.filter(state__in=OPEN) if _is_lost(run, at)]
    for run in lost:
        job = _open_job(run)
        tries = int(job.resume.get("tries", 1)) if job is not None else MOST_TRIES
        if job is None or job.outcome == "waiting" or tries >= MOST_TRIES:
            _give_up(run, job, at)
        else:
            job.resume = {**job.resume, "tries": tries + 1}
            job.told_at = at
            job.save(update_fields=["resume", "told_at"])
            plan_country.enqueue(job.code)
    for job in Job.objects.filter(kind=TRIAL).exclude(outcome__in=OVER):
        if at - _last_sign(job) > LOST_AFTER:
            fail_job(job, _lost(), at=at)
    return len(lost)


def _lost() -> str:
    return _("Its worker was lost, so it was ended. Nothing of it is kept: start it again.")


def _open_job(run: CountryRun) -> Job | None:
    return Job.objects.filter(kind=COUNTRY, subject=run.code).exclude(outcome__in=OVER).first()


def _last_sign(job: Job) -> datetime:
    return job.told_at or job.began_at or job.queued_at


def _is_lost(run: CountryRun, at: datetime) -> bool:
    job = _open_job(run)
    if job is None or job.outcome == "waiting":
        return at - run.asked_at > NEVER_TAKEN_AFTER
    return at - _last_sign(job) > LOST_AFTER


def _give_up(run: CountryRun, job: Job | None, at: datetime) -> None:
    person = get_person(job.actor) if job is not None else None
    with override((person.language if person else "") or "kk"):
        why = _lost()
        fail_country_run(run, why=why, by=SYSTEM, at=at)
        if job is not None:
            fail_job(job, why, at=at)
    forget_part_of_run(run)
