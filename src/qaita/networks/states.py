"""The lives of sections and imports, and who may do what to networks."""

from qaita.kernel.actor import Actor, Scope
from qaita.kernel.errors import Refused
from qaita.kernel.states import Row, StateTable
from qaita.networks.errors import NOT_YOURS
from qaita.networks.models import Import, Section

ENGINEERS = ("utility_engineer", "system")
# Acceptance is a quorum of signatures that the room of works checks; whoever signs last acts here.
WORKS = ("utility_engineer", "utility_head", "supervisor", "supplier", "system")
REPORTERS = ("utility_engineer", "dispatcher", "system")

# fmt: off
SECTION: StateTable[Section] = StateTable("section", initial="in_service", rows=[
    #   action          from                          to            by
    Row("begin_works",  ("in_service",),              "in_works",   WORKS),
    Row("leave_works",  ("in_works",),                "in_service", WORKS),
    Row("replace",      ("in_works",),                "replaced",   WORKS),
    Row("replace",      ("in_service",),              "replaced",   ENGINEERS),
    Row("split",        ("in_service",),              "replaced",   ENGINEERS),
    Row("merge",        ("in_service",),              "replaced",   ENGINEERS),
    Row("retire",       ("in_service", "in_works"),   "retired",    ENGINEERS),
])
IMPORT: StateTable[Import] = StateTable("import", initial="read", rows=[
    #   action    from        to          by
    Row("load",   ("read",),  "loaded",   ENGINEERS),
    Row("drop",   ("read",),  "dropped",  ENGINEERS),
])
# fmt: on


def require_role(action: str, by: Actor, roles: tuple[str, ...], scope: Scope) -> None:
    """Raise Refused unless the actor holds one of the roles in the scope."""
    if not any(by.may(role, scope) for role in roles):
        raise Refused(action, [NOT_YOURS])
