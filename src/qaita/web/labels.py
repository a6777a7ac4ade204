"""Words for codes: states of every room, services, roles. A test keeps the list complete."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qaita.accounts.roles import ROLES
from qaita.kernel.text import in_language
from qaita.web.state_words import STATES, Label

Text = str | Promise


SERVICES: dict[str, Text] = {
    "heat": _("Heat supply"),
    "power": _("Power supply"),
    "water": _("Water supply"),
    "wastewater": _("Wastewater disposal"),
    "gas": _("Gas supply"),
}

ZONES: dict[str, Label] = {
    "red": Label(_("Red zone"), "bad"),
    "amber": Label(_("Amber zone"), "warn"),
    "green": Label(_("Green zone"), "good"),
}

INDICATORS: dict[str, Text] = {
    "length": _("Networks renewed"),
    "money": _("Money"),
    "wear": _("Wear of networks"),
    "utilities": _("Utilities taking part"),
    "projects": _("Projects"),
    "equipment": _("Equipment renewed"),
    "capacity": _("Generating capacity"),
    "meters": _("Meters installed"),
    "network": _("Networks in the country"),
}
EQUIPMENT: dict[str, str | Promise] = {
    "pump": _("Pump"),
    "valve": _("Valve"),
    "tank": _("Tank"),
    "boiler": _("Boiler"),
    "heat_exchanger": _("Heat exchanger"),
    "transformer": _("Transformer"),
    "motor": _("Motor"),
    "other": _("Other equipment"),
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


# what meters count in
METER_UNITS: dict[str, Text] = {"l": _("l"), "Wh": _("Wh"), "kJ": _("kJ")}


def service_name(own: Any) -> str:
    """Return whose service it is, in the reader's language."""
    owner = in_language(own.organisation, "name", get_language() or "en")
    return f"{owner} · {service_of(own.service)}"


def network_name(network: Any) -> str:
    """Return a network and its service, in the reader's language."""
    name = in_language(network, "name", get_language() or "en")
    return f"{name} · {service_of(network.utility_service.service)}"
