"""Words for what the ledger tells: `<thing>.<action>` → a short sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "territory.load": _("Regions and settlements loaded"),
    "appeal.file": _("Appeal received"),
    "appeal.accept": _("Appeal taken into work"),
    "appeal.word": _("Public wording written"),
    "appeal.forward": _("Appeal forwarded"),
    "appeal.extend": _("Term of the answer lengthened"),
    "appeal.answer": _("Appeal answered"),
    "appeal.reopen": _("Appeal opened again"),
    "appeal.rate": _("Answer marked by the person"),
    "appeal.close": _("Appeal closed"),
    "appeal.close_unfixed": _("Appeal closed without mending"),
    "appeal.forget": _("Personal data erased"),
    "incident.propose": _("Incident proposed"),
    "incident.grow": _("More appeals about the incident"),
    "incident.confirm": _("Incident confirmed"),
    "incident.dismiss": _("Incident dismissed"),
    "incident.repair": _("Incident mended"),
    "incident.close": _("Incident closed"),
    "outage.announce": _("Outage announced"),
    "outage.start": _("Supply went off"),
    "outage.update": _("New times of the outage told"),
    "outage.restore": _("Supply came back"),
    "outage.cancel": _("Outage called off"),
    "district.open": _("Metering district laid down"),
    "meters.register": _("Meters registered"),
    "readings.take": _("Readings taken"),
    "balance.compute": _("Balance of the district computed"),
    "failure.repair": _("Failure mended"),
}


def action_label(kind: str) -> str | Promise:
    """Return the words of an entry's kind; a kind without words shows itself."""
    return ACTIONS.get(kind, kind)
