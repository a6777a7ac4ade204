"""The person is told what became of the appeal; nothing personal is written down by it."""

import logging

import pytest

from qaita.appeals.jobs import send_news, tell_person
from qaita.appeals.models import Contact
from qaita.gateways.messages import MEMORY
from qaita.jobs.models import Job
from qaita.ledger.models import Entry
from tests.appeals.make import AT, make_appeal, make_operator
from tests.networks.make import make_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_post(settings):
    settings.MAIL_URL = settings.SMS_URL = ""
    settings.PUBLIC_ADDRESS = "https://qaita.example"
    MEMORY.sent.clear()


def told(news: str = "answer", **contact):
    network = make_network()
    appeal = make_appeal(network).appeal
    Contact.objects.filter(appeal=appeal).update(
        **{"email": "", "phone": "", "language": "ru", **contact}
    )
    job = tell_person(appeal, news, by=make_operator(network), at=AT)
    job.refresh_from_db()
    return appeal, job


@pytest.mark.parametrize("news", ["answer", "forward", "extend", "unfixed"])
def test_a_letter_names_the_appeal_and_where_to_read_in_the_persons_language(news):
    appeal, job = told(news, email="aigerim@example.kz", phone="+77010000000")
    (letter,) = MEMORY.sent
    assert letter.to == "aigerim@example.kz" and appeal.code in letter.subject
    assert f"https://qaita.example/ru/appeals/{appeal.code}/" in letter.text
    assert "бращени" in letter.text
    assert (job.outcome, job.result) == ("done", {"way": "mail"})


def test_without_e_mail_a_text_message_goes(settings):
    _appeal, job = told(phone="+77010000000")
    assert [message.to for message in MEMORY.sent] == ["+77010000000"]
    assert job.result == {"way": "sms"}


def test_who_left_nothing_is_told_nothing():
    _appeal, job = told()
    assert not MEMORY.sent and job.result == {"way": ""}


def test_a_second_run_sends_nothing():
    _appeal, job = told(email="aigerim@example.kz")
    send_news.call(job.code)
    assert len(MEMORY.sent) == 1


@pytest.mark.filterwarnings("ignore:'imghdr'")  # apprise's, gone with 3.13
def test_what_is_not_delivered_is_said_without_an_address(settings, caplog):
    settings.MAIL_URL = "nothing://{to}"
    with caplog.at_level(logging.DEBUG):
        _appeal, job = told(email="aigerim@example.kz")
    assert job.outcome == "failed" and "aigerim" not in job.message
    assert "aigerim" not in caplog.text


def test_nothing_personal_reaches_the_ledger_or_the_job():
    told(email="aigerim@example.kz", phone="+77010000000")
    kept = str(list(Job.objects.values())) + str(list(Entry.objects.values()))
    assert "aigerim" not in kept and "7701" not in kept
