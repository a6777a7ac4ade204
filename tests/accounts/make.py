"""People and organisations for tests, made through the services."""

from datetime import UTC, datetime

from qaita.accounts.bins import make_demo_bin
from qaita.accounts.models import Organisation, Person
from qaita.accounts.queries import actor_of
from qaita.accounts.services import (
    NewOrganisation,
    NewPerson,
    grant_role,
    invite_people,
    issue_demonstration_certificate,
    register_organisation,
)
from qaita.kernel.actor import SYSTEM, Actor
from qaita.territory.models import Region

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
PASSWORD = "a long enough password"


def make_organisation(
    kind: str = "utility", name: str = "Demo Water", region: Region | None = None
) -> Organisation:
    """Register a demonstration organisation."""
    facts = NewOrganisation(
        bin=make_demo_bin(f"{kind} {name}"),
        kind=kind,
        name_kk=f"{name} kk",
        name_ru=f"{name} ru",
        name_en=name,
        region=region,
        is_demonstration=True,
    )
    return register_organisation(facts, by=SYSTEM, at=AT)


def make_person(
    role: str = "", organisation: Organisation | None = None, username: str = ""
) -> Person:
    """Invite a person with a password and, when asked, a role."""
    facts = NewPerson(username or f"{role or 'nobody'}.{Person.objects.count()}")
    person = invite_people([facts], by=SYSTEM, at=AT, password=PASSWORD)[0]
    if role:
        grant_role(person, role, organisation=organisation, by=SYSTEM, at=AT)
    return person


def make_actor(role: str, organisation: Organisation | None = None) -> Actor:
    """Return the actor of a fresh person."""
    return actor_of(make_person(role, organisation))


def make_signatory(role: str = "utility_head", kind: str = "utility") -> tuple[Person, Actor]:
    """Invite a person who can sign with a key held here."""
    organisation = make_organisation(kind, f"Demo {role}")
    person = make_person(role, organisation)
    issue_demonstration_certificate(person, organisation, since=AT, by=SYSTEM, at=AT)
    return person, actor_of(person)
