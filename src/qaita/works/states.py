"""The lives of sites, milestones, permits, laid lines and acts."""

from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.works.errors import (
    IN_AN_ACT,
    NO_LINE,
    NOT_ALL_SIGNED,
    PERMIT_OPEN,
    PHOTO_MISSING,
    SECTIONS_LEFT,
)
from qaita.works.models import Act, AsBuilt, DigPermit, Milestone, Site
from qaita.works.queries import (
    has_open_permit,
    reasons_against_lines,
    sections_left,
    sides_missing,
    stages_missing,
)

SIGNING_ROLES = ("utility_head", "supplier", "supervisor")


def in_no_act(ask: Ask[AsBuilt]) -> Reason | None:
    """A line that an act holds stays until the act is refused."""
    held = Act.objects.filter(as_built=ask.subject, state__in=("drafted", "signing")).exists()
    return IN_AN_ACT if held else None


def nothing_left(ask: Ask[Site]) -> Reason | None:
    """A site is complete when every section has been accepted."""
    return SECTIONS_LEFT if sections_left(ask.subject) else None


def permits_closed(ask: Ask[Site]) -> Reason | None:
    """An open dig permit blocks completion."""
    return PERMIT_OPEN if has_open_permit(ask.subject) else None


def act_has_lines(ask: Ask[Act]) -> Reason | None:
    """An act without a laid line accepts nothing."""
    return None if ask.subject.as_built.exists() else NO_LINE


def act_permits_closed(ask: Ask[Act]) -> Reason | None:
    """An open dig permit blocks the act."""
    return PERMIT_OPEN if has_open_permit(ask.subject.site) else None


def lines_keep_the_design(ask: Ask[Act]) -> Reason | None:
    """Each line keeps to the design within the law's tolerance and has its checks."""
    return next(iter(reasons_against_lines(ask.subject)), None)


def pictures_are_there(ask: Ask[Act]) -> Reason | None:
    """Each stage has a picture from the place."""
    return PHOTO_MISSING if stages_missing(ask.subject.site) else None


def all_signed(ask: Ask[Act]) -> Reason | None:
    """The quorum of the law has signed this very document."""
    return NOT_ALL_SIGNED if sides_missing(ask.subject) else None


# fmt: off
SITE: StateTable[Site] = StateTable("site", initial="opened", rows=[
    #   action      from          to           by                        only when
    Row("start",    ("opened",),  "running",   "supplier"),
    Row("complete", ("running",), "completed", SIGNING_ROLES, (nothing_left, permits_closed)),
])
MILESTONE: StateTable[Milestone] = StateTable("milestone", initial="scheduled", rows=[
    Row("meet",        ("scheduled", "partially_met", "not_met"), "met", "supervisor"),
    Row("meet_partly", ("scheduled", "not_met"), "partially_met", "supervisor"),
    Row("miss",        ("scheduled", "partially_met"), "not_met", "supervisor"),
])
DIG_PERMIT: StateTable[DigPermit] = StateTable("dig_permit", initial="open", rows=[
    Row("close", ("open",), "closed", "supervisor"),
])
AS_BUILT: StateTable[AsBuilt] = StateTable("as_built", initial="recorded", rows=[
    Row("withdraw", ("recorded",), "withdrawn", "supplier", (in_no_act,)),
    Row("accept",   ("recorded",), "accepted",  SIGNING_ROLES),
])
ACT: StateTable[Act] = StateTable("act", initial="drafted", rows=[
    Row("send",   ("drafted",), "signing",  ("supplier", "supervisor"),
        (act_has_lines, lines_keep_the_design, pictures_are_there, act_permits_closed)),
    Row("refuse", ("drafted", "signing"), "refused",  ("supervisor", "utility_head")),
    Row("accept", ("signing",), "accepted", SIGNING_ROLES,
        (act_has_lines, lines_keep_the_design, act_permits_closed, all_signed)),
])
# fmt: on
