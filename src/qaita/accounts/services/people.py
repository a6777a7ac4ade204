"""Inviting people, giving and taking roles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from qaita.accounts.errors import (
    LAST_KEEPER,
    NATIONAL_ROLE,
    NOT_KEEPER,
    SIGN_IN_NEEDED,
    SIGN_IN_TAKEN,
    UNKNOWN_LANGUAGE,
    UNKNOWN_ROLE,
    WRONG_KIND,
)
from qaita.accounts.models import Membership, Organisation, Person, person_code
from qaita.accounts.roles import (
    GIVEN_BY_HEADS,
    GIVEN_ROLES,
    NATIONAL_ROLES,
    ROLE_KINDS,
    is_keeper,
)
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.errors import Refused, Stale, Text, Wrong
from qaita.kernel.text import LANGUAGES
from qaita.ledger.leaves import Private, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.services import record, record_many
from qaita.territory.models import Region

SIGN_IN = re.compile(r"[\w.\-]{3,60}")


@dataclass(frozen=True)
class NewPerson:
    """What is told of a person who is invited."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    language: str = "kk"
    code: str = ""  # given by demonstrations only


@dataclass(frozen=True)
class NewRole:
    """A role to be given: to whom, which, for what."""

    person: Person
    role: str
    organisation: Organisation | None = None
    region: Region | None = None


def invite_person(facts: NewPerson, *, by: Actor, at: datetime) -> Person:
    """Make a sign-in without a password; the door sends the link with which one is chosen."""
    return invite_people([facts], by=by, at=at)[0]


def invite_people(
    many: Sequence[NewPerson], *, by: Actor, at: datetime, password: str | None = None
) -> list[Person]:
    """Invite many people; a demonstration gives all one password, hashed once."""
    if not (is_keeper(by) or by.has("utility_head")):
        raise Refused("person.invite", [NOT_KEEPER])
    names = [facts.username for facts in many]
    taken = set(Person.objects.filter(username__in=names).values_list("username", flat=True))
    for facts in many:
        _require_sign_in(facts, taken)
        taken.add(facts.username)
    secret = make_password(password)
    with transaction.atomic():
        people = Person.objects.bulk_create(
            [
                Person(
                    code=facts.code or person_code(),
                    username=facts.username,
                    first_name=facts.first_name,
                    last_name=facts.last_name,
                    email=facts.email,
                    language=facts.language,
                    password=secret,
                    date_joined=at,
                )
                for facts in many
            ]
        )
        record_many(
            make_entry(
                kind="person.invite",
                code=person.code,
                actor=by.code,
                at=at,
                facts={"sign_in": Private(person.username)},
            )
            for person in people
        )
    return people


def _require_sign_in(facts: NewPerson, taken: set[str]) -> None:
    wrong: dict[str, list[Text]] = {}
    if not SIGN_IN.fullmatch(facts.username):
        wrong["username"] = [SIGN_IN_NEEDED]
    elif facts.username in taken:
        wrong["username"] = [SIGN_IN_TAKEN]
    if facts.language not in LANGUAGES:
        wrong["language"] = [UNKNOWN_LANGUAGE]
    if wrong:
        raise Wrong(wrong)


def grant_role(
    person: Person,
    role: str,
    *,
    organisation: Organisation | None = None,
    region: Region | None = None,
    by: Actor,
    at: datetime,
) -> Membership:
    """Give a person a role for an organisation, narrowed to a region when one is given."""
    return grant_roles([NewRole(person, role, organisation, region)], by=by, at=at)[0]


def grant_roles(many: Sequence[NewRole], *, by: Actor, at: datetime) -> list[Membership]:
    """Give many roles, all or none; a role held already stays as it is."""
    for new in many:
        _require_keeper("grant", new.role, new.organisation, by)
        _require_fitting(new)
    rows: list[Membership] = []
    with transaction.atomic():
        # NULL is not NULL to a unique constraint, so a role without a place could be given twice
        _hold(Person.objects.filter(pk__in={new.person.pk for new in many}))
        entries = []
        for new in many:
            row, made = Membership.objects.get_or_create(
                person=new.person, role=new.role, organisation=new.organisation, region=new.region
            )
            rows.append(row)
            if made:
                entries.append(_role_entry("person.grant", row, by, at))
        record_many(entries)
    return rows


def _role_entry(kind: str, row: Membership, by: Actor, at: datetime) -> Entry:
    return make_entry(kind=kind, code=row.person.code, actor=by.code, at=at, facts=_role_facts(row))


def _role_facts(row: Membership) -> dict[str, str]:
    return {
        "role": row.role,
        "organisation": row.organisation.code if row.organisation else "",
        "region": row.region.kato if row.region else "",
    }


def may_give_role(role: str, organisation: Organisation | None, by: Actor) -> bool:
    """Tell whether the actor may give or take this role there."""
    if is_keeper(by):
        return True
    return (
        role in GIVEN_BY_HEADS
        and organisation is not None
        and by.may("utility_head", Scope(organisation=organisation.code))
    )


def _require_keeper(action: str, role: str, organisation: Organisation | None, by: Actor) -> None:
    if not may_give_role(role, organisation, by):
        raise Refused(f"person.{action}", [NOT_KEEPER])


def _require_fitting(new: NewRole) -> None:
    if new.role not in GIVEN_ROLES:
        raise Wrong({"role": [UNKNOWN_ROLE]})
    kinds = ROLE_KINDS[new.role]
    if kinds and (new.organisation is None or new.organisation.kind not in kinds):
        raise Wrong({"organisation": [WRONG_KIND]})
    if new.region is not None and new.role in NATIONAL_ROLES:
        raise Wrong({"region": [NATIONAL_ROLE]})


def revoke_role(row: Membership, *, by: Actor, at: datetime) -> None:
    """Take a role away."""
    _require_keeper("revoke", row.role, row.organisation, by)
    with transaction.atomic():
        # all of the role are held: of two administrators who take each other's, one stays
        held = Membership.objects.filter(role=row.role)
        if row.pk not in _hold(held):
            raise Stale(row.person.code)
        others = held.filter(person__is_active=True).exclude(pk=row.pk)
        if row.role == "sysadmin" and not others.exists():
            raise Refused("person.revoke", [LAST_KEEPER])
        record("person.revoke", row.person.code, by=by, at=at, facts=_role_facts(row))
        row.delete()


def _hold(rows: QuerySet[Any]) -> list[int]:
    """Return the keys of the rows, which stay as they are until the transaction ends."""
    held = rows.select_for_update(of=("self",), no_key=True)
    return list(held.order_by("pk").values_list("pk", flat=True))


def choose_language(person: Person, language: str) -> None:
    """Remember in which language the person reads."""
    if language not in LANGUAGES:
        raise Wrong({"language": [UNKNOWN_LANGUAGE]})
    Person.objects.filter(pk=person.pk).update(language=language)
    person.language = language
