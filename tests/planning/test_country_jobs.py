"""Runs of the country as long work: stopped, killed, broken, made."""

from datetime import timedelta

import pytest

from qaita.jobs.errors import Cancelled
from qaita.jobs.queries import get_job
from qaita.jobs.services import cancel_job, queue_job
from qaita.kernel.errors import Refused
from qaita.ledger.queries import timeline
from qaita.planning.jobs import COUNTRY, plan_country, queue_country_run
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    folder_of,
)
from qaita.planning.services import (
    cancel_country_run,
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from tests.planning.make import AT
from tests.planning.make_country import (
    make_land,
    make_limits_of_land,
)

pytestmark = pytest.mark.django_db


def test_a_run_that_is_stopped_leaves_nothing_behind(settings):
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)
    run = start_country_run(scenario, by=land.office, at=AT)

    def told(share: float, _stage: str) -> None:
        if share > 0.6:
            raise Cancelled(run.code)

    with pytest.raises(Cancelled):
        compute_country_run(run, by=land.office, at=AT, told=told)
    run.refresh_from_db()
    assert (run.state, run.result_digest) == ("cancelled", "")
    assert not settings.PLANS_DIR.exists() or not list(settings.PLANS_DIR.iterdir())


def test_a_run_whose_worker_was_killed_is_made_when_the_worker_comes_again(monkeypatch):
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)

    def killed(*_arguments: object, **_options: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr("qaita.planning.services.country_plans.write_run", killed)
        run = start_country_run(scenario, by=land.office, at=AT)
        job = queue_job(COUNTRY, run.code, by=land.office, at=AT)
        with pytest.raises(SystemExit):
            plan_country.func(job.code)
    run.refresh_from_db()
    assert run.state == "running"
    (folder_of(run).with_name(run.code + ".part")).mkdir(parents=True)
    plan_country.func(job.code)
    run.refresh_from_db()
    assert run.state == "made" and get_job(job.code).outcome == "done"
    assert [path.name for path in folder_of(run).parent.iterdir()] == [run.code]


def test_a_job_makes_the_run_and_one_that_was_stopped_makes_nothing():
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)
    job = queue_country_run(scenario, by=land.office, at=AT)
    assert job.outcome == "done" and CountryRun.objects.get().state == "made"
    run = start_country_run(scenario, by=land.office, at=AT + timedelta(days=1))
    cancel_country_run(run, by=land.office, at=AT + timedelta(days=1))
    with pytest.raises(Refused):
        compute_country_run(run, by=land.office, at=AT + timedelta(days=1))


def test_a_job_stopped_before_its_worker_came_stops_its_run():
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)
    run = start_country_run(scenario, by=land.office, at=AT)
    job = queue_job(COUNTRY, run.code, by=land.office, at=AT)
    cancel_job(job, by=land.office, at=AT)
    plan_country.func(job.code)
    run.refresh_from_db()
    assert run.state == "cancelled" and not folder_of(run).exists()


def test_a_run_that_breaks_is_failed_with_the_reason_in_the_ledger(monkeypatch):
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)
    run = start_country_run(scenario, by=land.office, at=AT)
    job = queue_job(COUNTRY, run.code, by=land.office, at=AT)

    def broken(*_arguments: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("qaita.planning.national.folder.write_csv", broken)
    with pytest.raises(OSError, match="no space"):
        plan_country.func(job.code)
    run.refresh_from_db()
    job.refresh_from_db()
    assert (run.state, job.outcome) == ("failed", "failed")
    assert timeline(run.code)[-1].kind == "country_run.fail"
    assert not list(folder_of(run).parent.iterdir())
