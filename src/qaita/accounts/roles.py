"""The closed list of roles. What a role may do stands in the state tables of the rooms."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.states import ROLE_WORDS

ROLES = {
    "utility_engineer": _("Utility engineer"),
    "utility_head": _("Head of the utility"),
    "technical_operator": _("Technical operator"),
    "financial_operator": _("Financial operator"),
    "regulator": _("Regulator"),
    "akimat": _("Akimat"),
    "programme_office": _("Programme office"),
    "producer": _("Producer"),
    "supplier": _("Supplier"),
    "committee_member": _("Tender committee member"),
    "supervisor": _("Technical supervision"),
    "dispatcher": _("Dispatcher"),
    "call_operator": _("Call-centre operator"),
    "auditor": _("Auditor"),
    "sysadmin": _("System administrator"),
    "citizen": _("Citizen"),
    "clock": _("The calendar"),
    "system": _("The system"),
}

ROLE_WORDS.update(ROLES)

# what nobody is given by hand
BORN_ROLES = frozenset({"citizen", "clock", "system"})
GIVEN_ROLES = tuple(role for role in ROLES if role not in BORN_ROLES)

# in which kinds of organisation a role is held; an empty set: in any, or in none
ROLE_KINDS: dict[str, frozenset[str]] = {
    "utility_engineer": frozenset({"utility"}),
    "utility_head": frozenset({"utility"}),
    "technical_operator": frozenset({"technical_operator"}),
    "financial_operator": frozenset({"financial_operator"}),
    "regulator": frozenset({"regulator"}),
    "akimat": frozenset({"akimat"}),
    "programme_office": frozenset({"programme_office"}),
    "producer": frozenset({"producer"}),
    "supplier": frozenset({"supplier", "producer"}),
    "committee_member": frozenset(),
    "supervisor": frozenset({"supervision"}),
    "dispatcher": frozenset({"utility"}),
    "call_operator": frozenset({"utility", "akimat", "operations"}),
    "auditor": frozenset({"audit"}),
    "sysadmin": frozenset(),
}

# who may give and take roles everywhere; a head may do it for these, in the own organisation
KEEPERS = ("programme_office", "sysadmin", "system")
GIVEN_BY_HEADS = frozenset({"utility_engineer", "dispatcher", "call_operator"})

# held for the whole country: nothing of theirs is narrowed, so a region would promise too much
NATIONAL_ROLES = frozenset({"programme_office", "sysadmin"})

# people of a utility: they act for their own utility and never for a neighbour
UTILITY_ROLES = frozenset({"utility_engineer", "utility_head", "dispatcher"})


def is_keeper(actor: Actor) -> bool:
    """Tell whether the actor gives roles and registers organisations everywhere."""
    return any(actor.has(role) for role in KEEPERS)


# what a program may do with a key
API_SCOPES = {
    "read": _("Read what the person may read"),
    "appeals": _("File and answer appeals"),
    "readings": _("Send meter readings"),
    "networks": _("Import networks and failures"),
    "works": _("Report works"),
}
