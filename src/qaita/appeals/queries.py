"""Questions to appeals: what is public, what is mine to answer, what is late, what bursts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from qaita.accounts.models import Organisation, OrganisationKind
from qaita.appeals.categories import OF_THE_NETWORK
from qaita.appeals.categories import Subject as Subject
from qaita.appeals.categories import subject_of as subject_of
from qaita.appeals.categories import subjects as subjects
from qaita.appeals.models import Answer, Appeal, Contact
from qaita.kernel.actor import ANYONE, Actor, Grant
from qaita.kernel.errors import Missing, NotYours
from qaita.law.appeals import Appeals

WAITING = ("received", "forwarded", "accepted", "extended", "reopened")
DONE = ("answered", "closed", "closed_unfixed")
ANSWERERS = ("call_operator", "dispatcher")


@dataclass(frozen=True)
class Tally:
    """How appeals stand: honest counts, the unfixed ones apart."""

    waiting: int
    overdue: int
    answered: int
    closed: int
    closed_unfixed: int


def public_appeals() -> QuerySet[Appeal]:
    """Return appeals with what their public pages show; nothing personal is joined."""
    return Appeal.objects.select_related(
        "settlement", "region", "section", "organisation", "incident"
    )


def get_appeal(code: str) -> Appeal:
    """Return exactly one appeal by its code, or raise Missing."""
    found = public_appeals().filter(code=code).first()
    if found is None:
        raise Missing("appeal", code)
    return found


def key_digest(key: str) -> str:
    """Return what is kept of the key a person was given."""
    plain = "".join(letter for letter in key.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def appeal_with_key(code: str, key: str) -> Appeal:
    """Return the appeal to whoever holds its key, or raise NotYours."""
    found = public_appeals().filter(code=code, contact__key_digest=key_digest(key)).first()
    if found is None:
        raise NotYours("appeal")
    return found


def code_with_key(key: str) -> str | None:
    """Return the code of the appeal this key opens."""
    rows = Contact.objects.filter(key_digest=key_digest(key))
    return rows.values_list("appeal__code", flat=True).first()


def answers_of(appeal: Appeal) -> QuerySet[Answer]:
    """Return the answers, newest first. For the desk and for the holder of the key only."""
    return Answer.objects.filter(appeal=appeal)


def contact_of(appeal: Appeal, by: Actor) -> Contact:
    """Return who filed the appeal to those who answer it, or raise NotYours."""
    if not may_answer(appeal, by):
        raise NotYours("contact")
    return Contact.objects.get(appeal=appeal)


def may_answer(appeal: Appeal, by: Actor) -> bool:
    """Tell whether the actor answers this appeal: a utility's people answer their own only."""
    return any(
        grant.role in ANSWERERS
        and (grant.region in (ANYONE, appeal.region.kato))
        and _answers_for(grant, appeal.organisation)
        for grant in by.grants
    ) or by.has("system")


def _answers_for(grant: Grant, organisation: Organisation | None) -> bool:
    if grant.organisation == ANYONE:
        return True
    if organisation is not None and grant.organisation == organisation.code:
        return True
    return grant.role == "call_operator" and not is_utility(grant.organisation)


def is_utility(code: str) -> bool:
    """Tell whether an organisation is a utility, and so answers for itself alone."""
    return Organisation.objects.filter(code=code, kind=OrganisationKind.UTILITY).exists()


def appeals_for(by: Actor) -> QuerySet[Appeal]:
    """Return the appeals the actor may answer."""
    mine = Q(pk__in=[])
    for grant in by.grants:
        if grant.role not in ANSWERERS:
            continue
        reach = Q() if grant.region == ANYONE else Q(region__kato=grant.region)
        own = grant.organisation != ANYONE
        if own and (grant.role == "dispatcher" or is_utility(grant.organisation)):
            reach &= Q(organisation__code=grant.organisation)
        mine |= reach or Q(pk__isnull=False)
    return public_appeals().filter(mine)


def overdue_appeals(rows: QuerySet[Appeal], on: date) -> QuerySet[Appeal]:
    """Return the appeals whose legal term is over, the latest first."""
    return rows.filter(overdue(on)).order_by("due_on", "id")


def overdue(on: date) -> Q:
    """Return what holds of an appeal whose legal term is over."""
    late = Q(due_on__lt=on, state__in=WAITING)
    unaccepted = Q(accept_by_on__lt=on, state__in=("received", "forwarded"))
    return late | unaccepted


def tally(rows: QuerySet[Appeal], on: date) -> Tally:
    """Count appeals by how they stand."""
    counted = {
        "waiting": Q(state__in=WAITING),
        "overdue": overdue(on),
        "answered": Q(state="answered"),
        "closed": Q(state="closed"),
        "closed_unfixed": Q(state="closed_unfixed"),
    }
    return Tally(
        **rows.order_by().aggregate(
            **{name: Count("pk", filter=asked) for name, asked in counted.items()}
        )
    )


def appeals_near(appeal: Appeal, *, law: Appeals) -> QuerySet[Appeal]:
    """Return other appeals about the same service at the same section in the same hours."""
    around = timedelta(hours=law.duplicate_hours)
    rows = public_appeals().filter(
        service=appeal.service,
        received_at__range=(appeal.received_at - around, appeal.received_at + around),
    )
    if appeal.section is None:
        return rows.none()
    return rows.filter(section=appeal.section).exclude(pk=appeal.pk)


def appeals_of_incidents(keys: Iterable[int]) -> QuerySet[Appeal]:
    """Return the appeals that tell of these incidents."""
    return public_appeals().filter(incident__in=list(keys))


def loose_appeals(since: datetime, until: datetime) -> QuerySet[Appeal]:
    """Return the appeals about the network that belong to no incident yet."""
    return (
        Appeal.objects.filter(
            received_at__gt=since,
            received_at__lte=until,
            incident=None,
            section__isnull=False,
            category__in=OF_THE_NETWORK,
            state__in=WAITING,
        )
        .select_related(
            "section__network__utility_service__organisation", "section__network__region", "contact"
        )
        .order_by("received_at", "id")
    )


def closable_appeals(answered_before: datetime) -> QuerySet[Appeal]:
    """Return the answered appeals whose time for reopening may be over."""
    rows = public_appeals().filter(state="answered", answered_at__lt=answered_before)
    return rows.order_by("id")


def stale_contacts(closed_before: datetime) -> QuerySet[Contact]:
    """Return the contacts of appeals closed so long ago that they must be forgotten."""
    return Contact.objects.filter(
        appeal__state__in=("closed", "closed_unfixed"), appeal__closed_at__lt=closed_before
    ).exclude(statement="")
