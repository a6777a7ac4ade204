"""A file handed in is worked on off the page: how far it is, stopping it, what came of it."""

from unittest.mock import patch

import pytest
from django.urls import reverse

from qaita.jobs.models import Job
from qaita.jobs.services import report_progress
from qaita.kernel.actor import Actor
from qaita.kernel.clock import now
from qaita.kernel.errors import Refused
from qaita.networks.importing.options import ReadOptions
from qaita.networks.jobs import queue_reading, work_on_file
from qaita.networks.models import Import, Network
from tests.networks.make import make_utility
from tests.networks.test_desk import client_of, hand_in
from tests.networks.test_hostile_files import INP

pytestmark = pytest.mark.django_db
NAMES = {"name_kk": "Қ", "name_ru": "Г", "name_en": "T"}


@pytest.fixture
def no_worker(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


def page_of(client, job):
    return client.get(reverse("networks:job", args=[job.code]))


def test_a_file_waits_and_is_read_by_the_worker(no_worker):
    utility = make_utility()
    client = client_of(utility)
    page = hand_in(client, utility, "town.inp", INP).content.decode()
    job = Job.objects.get()
    assert "town.inp" in page and 'hx-trigger="every 1s"' in page and "It waits" in page
    assert 'http-equiv="refresh"' in page  # without scripts
    assert not Import.objects.exists()
    assert "town.inp" in client.get(reverse("networks:home")).content.decode()
    work_on_file.call(job.code)
    answer = page_of(client, job)
    assert answer["Location"] == reverse("networks:import", args=[Import.objects.get().code])
    htmx = client.get(reverse("networks:job", args=[job.code]), headers={"HX-Request": "true"})
    assert htmx["HX-Redirect"] == answer["Location"]
    work_on_file.call(job.code)  # twice changes nothing
    assert Import.objects.count() == 1


def test_a_stopped_file_leaves_nothing(no_worker):
    utility = make_utility()
    client = client_of(utility)
    hand_in(client, utility, "town.inp", INP)
    job = Job.objects.get()
    client.post(reverse("networks:cancel_job", args=[job.code]))
    work_on_file.call(job.code)
    assert "Stopped" in page_of(client, job).content.decode()
    assert not Import.objects.exists()


def test_a_load_stopped_on_the_way_stores_nothing(no_worker):
    utility = make_utility()
    client = client_of(utility)
    hand_in(client, utility, "town.inp", INP)
    work_on_file.call(Job.objects.get().code)
    found = Import.objects.get()
    client.post(reverse("networks:load", args=[found.code]), NAMES)
    job = Job.objects.get(kind="networks.load")

    def stop_before_storing(one, share, message=""):
        if message == "storing":
            client.post(reverse("networks:cancel_job", args=[job.code]))
        report_progress(one, share, message)

    with patch("qaita.networks.jobs.report_progress", stop_before_storing):
        work_on_file.call(job.code)
    found.refresh_from_db()
    assert found.state == "read" and not Network.objects.exists()


def test_a_refusal_in_the_work_is_told_on_its_page(no_worker):
    utility = make_utility()
    client = client_of(utility)
    for _turn in range(2):
        hand_in(client, utility, "town.inp", INP)
        work_on_file.call(Job.objects.order_by("id").last().code)
    for found in Import.objects.all():
        client.post(reverse("networks:load", args=[found.code]), NAMES)
        work_on_file.call(Job.objects.order_by("id").last().code)
    job = Job.objects.order_by("id").last()
    assert job.outcome == "failed"
    assert "already loaded" in page_of(client, job).content.decode()
    assert Network.objects.count() == 1


def test_only_the_owner_sees_and_stops_the_work(no_worker):
    utility = make_utility()
    hand_in(client_of(utility), utility, "town.inp", INP)
    job, stranger = Job.objects.get(), client_of(utility)
    assert page_of(stranger, job).status_code == 404
    answer = stranger.post(reverse("networks:cancel_job", args=[job.code]))
    assert answer.status_code == 404 and not Job.objects.get().is_over


def test_nobody_else_queues_a_file(tmp_path):
    path = tmp_path / "town.inp"
    path.write_text(INP)
    with pytest.raises(Refused, match="not_your_role"):
        queue_reading(
            path,
            utility_service=make_utility(),
            options=ReadOptions(),
            by=Actor("PN-NOBODY"),
            at=now(),
        )
    assert not Job.objects.exists()
