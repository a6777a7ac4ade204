"""Words for codes: states of every room, services, roles. A test keeps the list complete."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.accounts.roles import ROLES

Text = str | Promise


@dataclass(frozen=True)
class Label:
    """Words and tone of a state: good, warn, bad, info or muted."""

    title: Text
    tone: str = "muted"


SERVICES: dict[str, Text] = {
    "heat": _("Heat supply"),
    "power": _("Power supply"),
    "water": _("Water supply"),
    "wastewater": _("Wastewater disposal"),
    "gas": _("Gas supply"),
}

# name of the life (and of the model, in lower case) → state → words
STATES: dict[str, dict[str, Label]] = {
    "section": {
        "in_service": Label(_("In service"), "good"),
        "in_works": Label(_("In works"), "warn"),
        "replaced": Label(_("Replaced")),
        "retired": Label(_("Retired")),
    },
    "project": {
        "draft": Label(_("Draft")),
        "submitted": Label(_("Submitted"), "info"),
        "technically_checked": Label(_("Technically checked"), "info"),
        "financially_checked": Label(_("Financially checked"), "info"),
        "tariff_agreed": Label(_("Tariff agreed"), "info"),
        "confirmed": Label(_("Confirmed"), "info"),
        "choosing_contractor": Label(_("Choosing contractor"), "info"),
        "ready": Label(_("Ready to start"), "info"),
        "in_works": Label(_("In works"), "warn"),
        "done": Label(_("Done"), "good"),
        "returned": Label(_("Returned with remarks"), "bad"),
        "refused": Label(_("Refused"), "bad"),
    },
}


def state_of(kind: str, state: str) -> Label:
    """Return the words of a state of this kind of thing."""
    known = STATES.get(kind, {}).get(state)
    return known or Label(state.replace("_", " ").capitalize())


def role_of(role: str) -> Text:
    """Return the words of a role."""
    return ROLES.get(role, role)


def service_of(service: str) -> Text:
    """Return the words of a service."""
    return SERVICES.get(service, service)
