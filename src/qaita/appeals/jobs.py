"""People are told by e-mail, else by text message, what became of their appeal.

The message names the appeal and the address where its answer is read with the key; the words of the
answer, the address of the person and the person's name never leave the database for a log.
"""

from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django_tasks import task

from qaita.appeals.models import Appeal, Contact
from qaita.gateways import mail, sms
from qaita.gateways.errors import Undelivered
from qaita.jobs.errors import Cancelled
from qaita.jobs.models import Job
from qaita.jobs.queries import get_job
from qaita.jobs.services import begin_job, fail_job, finish_job, queue_job
from qaita.kernel.actor import Actor
from qaita.kernel.clock import now

KIND = "appeals.tell."
NEWS: dict[str, str | Promise] = {
    "answer": gettext_lazy("Appeal %(code)s is answered."),
    "forward": gettext_lazy("Appeal %(code)s was forwarded to whom it concerns."),
    "extend": gettext_lazy("The term of appeal %(code)s was lengthened, with a reason."),
    "unfixed": gettext_lazy("Appeal %(code)s is closed without mending, with a reason."),
}


def tell_person(appeal: Appeal, news: str, *, by: Actor, at: datetime) -> Job:
    """Ask for the person to be told what became of the appeal."""
    job = queue_job(KIND + news, appeal.code, by=by, at=at)
    send_news.enqueue(job.code)
    return job


@task()
def send_news(job_code: str) -> None:
    """Send one message; a second run of the same job sends nothing."""
    job = get_job(job_code)
    if job.is_over:
        return
    try:
        begin_job(job, at=now())
        way = _sent(job)
    except Cancelled:
        return
    except Undelivered as error:
        fail_job(job, str(error), at=now())
        return
    finish_job(job, {"way": way}, at=now())


def _sent(job: Job) -> str:
    """Send the news; return by which way, or nothing when the person left no address."""
    contact = Contact.objects.filter(appeal__code=job.subject).first()
    if contact is None or not (contact.email or contact.phone):
        return ""
    with override(contact.language):
        text = _text(job, contact.language)
        if contact.email:
            subject = _("Your appeal %(code)s") % {"code": job.subject}
            mail.send(contact.email, subject, text)
            return "mail"
    sms.send(contact.phone, text)
    return "sms"


def _text(job: Job, language: str) -> str:
    told = str(NEWS[job.kind.removeprefix(KIND)]) % {"code": job.subject}
    site = settings.PUBLIC_ADDRESS.rstrip("/")
    if not site:
        return told
    address = f"{site}/{language}/appeals/{job.subject}/"
    return told + " " + _("Read it with your key: %(address)s") % {"address": address}
