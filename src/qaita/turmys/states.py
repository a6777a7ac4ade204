"""The lives of incidents and outages."""

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Reason, Refused
from qaita.kernel.states import Ask, Row, StateTable
from qaita.networks.models import Network
from qaita.turmys.errors import NO_SECTION, NOT_REPAIRED, NOT_YOURS, TOO_EARLY
from qaita.turmys.models import Incident, Outage
from qaita.turmys.queries import has_running_outage

DISPATCH = ("dispatcher", "system")
STARTERS = (*DISPATCH, "clock")
CREW = ("dispatcher", "utility_engineer", "system")


def section_is_known(ask: Ask[Incident]) -> Reason | None:
    """A failure belongs to a section, so an incident without one cannot be confirmed."""
    return None if ask.subject.section_id else NO_SECTION


def supply_is_back(ask: Ask[Incident]) -> Reason | None:
    """While somebody is off the incident is not repaired."""
    return NOT_REPAIRED if has_running_outage(ask.subject) else None


def start_has_come(ask: Ask[Outage]) -> Reason | None:
    """Nothing is switched off before the announced time."""
    return TOO_EARLY if ask.at < ask.subject.starts_at else None


# fmt: off
INCIDENT: StateTable[Incident] = StateTable("incident", initial="proposed", rows=[
    #   action     from                         to           by        only when
    Row("confirm", ("proposed",),               "confirmed", DISPATCH, (section_is_known,)),
    Row("dismiss", ("proposed",),               "dismissed", DISPATCH),
    Row("repair",  ("confirmed",),              "repaired",  CREW,     (supply_is_back,)),
    Row("close",   ("repaired",),               "closed",    DISPATCH),
])
OUTAGE: StateTable[Outage] = StateTable("outage", initial="announced", rows=[
    Row("start",   ("announced",),              "running",   STARTERS, (start_has_come,)),
    Row("restore", ("running",),                "restored",  DISPATCH),
    Row("cancel",  ("announced",),              "cancelled", DISPATCH),
])
# fmt: on


def require_role(action: str, by: Actor, roles: tuple[str, ...], network: Network) -> None:
    """Raise Refused unless the actor holds one of the roles for the network."""
    if not any(by.may(role, network.scope_for(role)) for role in roles):
        raise Refused(action, [NOT_YOURS])
