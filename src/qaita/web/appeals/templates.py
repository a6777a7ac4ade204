"""Ready answers in the person's language; the operator mends them before sending."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from qaita.appeals.models import Appeal, Outcome
from qaita.turmys.models import Outage
from qaita.web.formats import day_text, instant_words
from qaita.web.labels import service_of


@dataclass(frozen=True)
class Template:
    """A ready answer: its name, its outcome, its words."""

    key: str
    title: str | Promise
    outcome: str
    text: str | Promise


TEMPLATES = (
    Template(
        "fixed", _("Mended"), Outcome.FIXED,
        _(
            "Good day. Your appeal %(code)s of %(day)s about %(service)s was checked on the spot; "
            "the fault is mended and supply is normal. If it happens again, open the appeal again "
            "with your key. Thank you for telling us."
        ),
    ),
    Template(
        "outage", _("Known outage"), Outcome.PLANNED,
        _(
            "Good day. Your appeal %(code)s of %(day)s concerns a known outage of %(service)s. "
            "Supply is expected back: %(until)s. The page of outages shows every change."
        ),
    ),
    Template(
        "planned", _("Will be renewed"), Outcome.PLANNED,
        _(
            "Good day. Your appeal %(code)s of %(day)s about %(service)s is confirmed. "
            "This section is in the plan of renewal; until then we keep it under watch."
        ),
    ),
    Template(
        "explained", _("Explained"), Outcome.EXPLAINED,
        _(
            "Good day. We have looked into your appeal %(code)s of %(day)s about %(service)s. "
            "Here is what we found: "
        ),
    ),
)  # fmt: skip


def filled(key: str, appeal: Appeal, language: str, known: list[Outage]) -> tuple[str, str]:
    """Return outcome and words of a ready answer in the person's language."""
    template = next((one for one in TEMPLATES if one.key == key), None)
    if template is None:
        return "", ""
    with override(language):
        words = str(template.text) % {
            "code": appeal.code,
            "day": day_text(appeal.received_at),
            "service": str(service_of(appeal.service)).lower(),
            "until": instant_words(known[0].expected_at) if known else "…",
        }
    return template.outcome, words
