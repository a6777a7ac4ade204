"""Questions about people, organisations and roles."""

from qaita.accounts.models import Organisation, Person
from qaita.kernel.actor import ANYONE, NOBODY, Actor, Grant
from qaita.kernel.errors import Missing


def actor_of(person: Person) -> Actor:
    """Return the actor a signed-in person is: one grant per membership."""
    if not person.is_active:
        return NOBODY
    rows = person.memberships.select_related("organisation", "region")
    return Actor(
        person.code,
        frozenset(
            Grant(
                row.role,
                row.organisation.code if row.organisation else ANYONE,
                row.region.kato if row.region else ANYONE,
            )
            for row in rows
        ),
    )


def get_organisation(code: str) -> Organisation:
    """Return exactly one organisation by its code, or raise Missing."""
    try:
        return Organisation.objects.get(code=code)
    except Organisation.DoesNotExist:
        raise Missing("organisation", code) from None
