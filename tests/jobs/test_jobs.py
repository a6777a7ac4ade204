"""Long work: progress, cancelling, who may cancel."""

import pytest

from qaita.jobs.errors import Cancelled
from qaita.jobs.queries import get_job, jobs_of
from qaita.jobs.services import (
    begin_job,
    cancel_job,
    fail_job,
    finish_job,
    queue_job,
    report_progress,
)
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import now
from qaita.kernel.errors import Missing, NotYours

OWNER = Actor("PN-1")
ADMIN = Actor("PN-2", frozenset({Grant("sysadmin")}))


@pytest.mark.django_db
def test_a_job_tells_how_far_it_is_and_what_came_of_it():
    job = begin_job(queue_job("import", "NW-1", by=OWNER, at=now()), at=now())
    report_progress(job, 0.4, "4 of 10", resume={"row": 4})
    assert (get_job(job.code).progress_share, get_job(job.code).resume) == (0.4, {"row": 4})
    finish_job(job, {"rows": 10}, at=now())
    assert get_job(job.code).is_over and get_job(job.code).result == {"rows": 10}


@pytest.mark.django_db
def test_a_cancelled_job_stops_at_its_next_report_and_cannot_begin_again():
    job = begin_job(queue_job("import", "NW-1", by=OWNER, at=now()), at=now())
    cancel_job(get_job(job.code), by=OWNER, at=now())
    with pytest.raises(Cancelled):
        report_progress(job, 0.5)
    with pytest.raises(Cancelled):
        begin_job(job, at=now())


@pytest.mark.django_db
def test_a_job_done_meanwhile_is_not_cancelled_any_more():
    job = begin_job(queue_job("import", "NW-1", by=OWNER, at=now()), at=now())
    stale = get_job(job.code)
    finish_job(job, {"rows": 10}, at=now())
    assert cancel_job(stale, by=OWNER, at=now()).outcome == "done"
    assert get_job(job.code).result == {"rows": 10}


@pytest.mark.django_db
def test_a_stranger_may_not_cancel_and_sees_only_his_own():
    job = queue_job("import", "NW-1", by=OWNER, at=now())
    with pytest.raises(NotYours):
        cancel_job(job, by=Actor("PN-3"), at=now())
    assert list(jobs_of(Actor("PN-3"))) == []
    assert list(jobs_of(ADMIN)) == [job]


@pytest.mark.django_db
def test_a_failed_job_says_why_and_a_failed_one_cannot_be_cancelled_any_more():
    job = fail_job(queue_job("import", "NW-1", by=OWNER, at=now()), "The disk is full.", at=now())
    assert cancel_job(job, by=ADMIN, at=now()).outcome == "failed"
    assert get_job(job.code).message == "The disk is full."
    with pytest.raises(Missing):
        get_job("JB-none")
