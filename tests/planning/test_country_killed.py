"""A worker that is lost: its run is taken up again, or ended and nothing is left."""

from datetime import timedelta

import pytest

from qaita.jobs.models import Job
from qaita.jobs.services import begin_job, queue_job
from qaita.ledger.queries import timeline
from qaita.planning.jobs import COUNTRY, TRIAL, revive_country_runs_due
from qaita.planning.models import CountryRun
from qaita.planning.queries import folder_of
from qaita.planning.services import make_country_scenario, start_country_run
from tests.planning.make import AT
from tests.planning.make_country import Land, make_land, make_limits_of_land

LATER = AT + timedelta(minutes=31)


@pytest.fixture
def land(db) -> Land:
    return make_land()


def run_of(land: Land) -> CountryRun:
    scenario = make_country_scenario(make_limits_of_land(120), title="S", by=land.office, at=AT)
    return start_country_run(scenario, by=land.office, at=AT)


def test_a_run_that_no_worker_ever_took_is_ended_by_the_calendar(land: Land):
    run = run_of(land)
    job = queue_job(COUNTRY, run.code, by=land.office, at=AT)
    assert revive_country_runs_due(at=LATER) == 0
    assert revive_country_runs_due(at=AT + timedelta(hours=7)) == 1
    run.refresh_from_db()
    job.refresh_from_db()
    assert (run.state, job.outcome) == ("failed", "failed")
    assert "қайта бастаңыз" in job.message  # in the language of whoever asked
    assert timeline(run.code)[-1].kind == "country_run.fail"
    assert revive_country_runs_due(at=AT + timedelta(hours=8)) == 0


def test_a_run_whose_worker_was_lost_is_taken_up_once_more_and_then_ended(land: Land, monkeypatch):
    run = run_of(land)
    job = begin_job(queue_job(COUNTRY, run.code, by=land.office, at=AT), at=AT)
    CountryRun.objects.filter(pk=run.pk).update(state="running")
    again = []
    monkeypatch.setattr(
        "qaita.planning.jobs.plan_country", type("Task", (), {"enqueue": again.append})
    )
    assert revive_country_runs_due(at=AT + timedelta(minutes=29)) == 0
    part = folder_of(run).with_name(run.code + ".part")
    part.mkdir(parents=True)
    assert revive_country_runs_due(at=LATER) == 1 and again == [job.code]
    assert revive_country_runs_due(at=LATER) == 0 and part.exists()
    assert revive_country_runs_due(at=LATER + timedelta(hours=1)) == 1 and again == [job.code]
    run.refresh_from_db()
    assert run.state == "failed" and not part.exists()


def test_a_trial_whose_worker_was_lost_is_ended(land: Land):
    job = begin_job(queue_job(TRIAL, "NR-1", by=land.office, at=AT), at=AT)
    revive_country_runs_due(at=LATER)
    assert Job.objects.get(pk=job.pk).outcome == "failed"
