"""The bad-faith register and declared affiliations."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours, Refused, Wrong
from qaita.law.tendering import tendering
from qaita.ledger.services import record
from qaita.procurement.errors import DECISION_NEEDED
from qaita.procurement.models import Affiliation, Debarment
from qaita.procurement.queries import region_of_dealing
from qaita.procurement.states import CONTROL

MONTHS = 12


def debar_supplier(
    organisation: Organisation,
    *,
    ground: tuple[str, str],
    reason: str,
    by: Actor,
    at: datetime,
) -> Debarment:
    """Enter the supplier into the bad-faith register for the months the law sets.

    `ground` is what happened and the code of the award or contract it grew from, whose region says
    which control body decides.
    """
    kind, subject = ground
    scope = Scope(region=region_of_dealing(organisation, subject))
    if not any(by.may(role, scope) for role in CONTROL):
        raise NotYours("debarment")
    if not reason.strip():
        raise Refused("supplier.debar", [DECISION_NEEDED])
    on = day_of(at)
    with transaction.atomic():
        entry = Debarment.objects.create(
            organisation=organisation,
            ground=kind,
            subject_code=subject,
            reason=reason.strip(),
            since_on=on,
            until_on=months_later(on, tendering(on=on).debarment_months),
            decided_at=at,
        )
        facts = {"ground": kind, "subject": subject, "until_on": entry.until_on}
        record("supplier.debar", organisation.code, by=by, at=at, facts=facts)
    return entry


def declare_affiliation(
    first: Organisation, second: Organisation, *, ground: str, by: Actor, at: datetime
) -> Affiliation:
    """Write down that two organisations belong together."""
    roles = [("supplier", Scope(organisation=first.code)), *((r, Scope()) for r in CONTROL)]
    if not any(by.may(role, scope) for role, scope in roles):
        raise NotYours("affiliation")
    if not ground.strip():
        raise Wrong({"ground": [_("Say what makes them affiliated.")]})
    if first.pk == second.pk:
        raise Wrong({"second": [_("Name another organisation than the first.")]})
    with transaction.atomic():
        known = Affiliation.objects.filter(first=second, second=first, until_on=None).first()
        if known is not None:
            return known
        row, made = Affiliation.objects.get_or_create(
            first=first, second=second, defaults={"ground": ground, "since_on": day_of(at)}
        )
        if made:
            facts = {"with": second.code, "ground": ground}
            record("supplier.affiliation", first.code, by=by, at=at, facts=facts)
    return row


def months_later(on: date, months: int) -> date:
    """Return the same day that many months later, or the month's last day."""
    years, month = divmod(on.month - 1 + months, MONTHS)
    for day in range(on.day, 27, -1):
        try:
            return date(on.year + years, month + 1, day)
        except ValueError:
            continue
    return date(on.year + years, month + 1, on.day)
