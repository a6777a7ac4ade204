"""Who plays in the demonstration: utilities, signatories, suppliers, a committee with keys."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from qaita.accounts.models import Membership, Organisation, Person
from qaita.accounts.queries import actor_of
from qaita.accounts.services import (
    DemoPeople,
    NewOrganisation,
    NewPerson,
    NewRole,
    grant_roles,
    invite_people,
    issue_demonstration_certificate,
    make_demo_bin,
    make_demo_people,
    recall_demo_people,
    register_organisations,
)
from qaita.kernel.actor import SYSTEM, Actor, Grant
from qaita.kernel.ids import derived_code
from qaita.procurement.models import Lot
from qaita.procurement.queries import bid_security_kzt
from qaita.procurement.services import give_member_key, make_key
from qaita.territory.models import Region

# The first day on which anybody of the demonstration may sign.
SINCE = datetime(2025, 7, 1, 4, tzinfo=UTC)
SUPPLIERS = 12
CHEAP = "Өндірушінің бағасы расталған. / Цена подтверждена производителем."
COMMITTEE = 5
NAMES_OF_SERVICE = {
    "heat": ("Демо жылу желілері", "Демо тепловые сети", "Demo Heat Networks"),
    "power": ("Демо электр желілері", "Демо электросети", "Demo Power Networks"),
    "water": ("Демо су арнасы", "Демо водоканал", "Demo Water Supply"),
    "wastewater": ("Демо су бұру", "Демо водоотведение", "Demo Wastewater"),
}
# who serves more than one service is called by both, or simply a utility
NAMES_OF_PAIR = {
    frozenset({"water", "wastewater"}): (
        "Демо су арнасы",
        "Демо водоканал",
        "Demo Water and Wastewater",
    ),
    frozenset({"heat", "power"}): ("Демо энергия", "Демо энергия", "Demo Energy"),
}
NAMES_OF_MANY = ("Демо коммуналдық желілері", "Демо коммунальные сети", "Demo Utility Networks")


@dataclass(frozen=True, eq=False)
class Side:
    """A person who acts for an organisation, ready to sign."""

    person: Person
    organisation: Organisation
    actor: Actor


@dataclass
class Cast:
    """Everybody, by what they do."""

    people: DemoPeople
    heads: dict[str, Side]  # utility code → its head
    suppliers: list[Side]
    committee: list[Side]
    member_keys: dict[str, bytes] = field(default_factory=dict)  # person code → private key

    def signer(self, role: str) -> Actor:
        """Return the one who signs for the whole country in this role."""
        one = self.people.of(role)
        return Actor(one.person.code, frozenset({Grant(role, one.organisation.code)}))

    @property
    def akimat(self) -> Actor:
        """The akimats of all regions sign through one hand in the demonstration."""
        return Actor(self.people.of("akimat").person.code, frozenset({Grant("akimat")}))


def qualification_of(lot: Lot, number: int) -> dict[str, object]:
    """Return the open part of a made-up bid: experience and the security the law asks for."""
    return {
        "years_main": 3 + number * 2,
        "security_kzt": str(bid_security_kzt(lot)),
        "security_no": f"DEMO-{number + 1}",
    }


def utility_name(services: Sequence[str], town: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return the three names of a demonstration utility of a town."""
    if len(services) == 1:
        names = NAMES_OF_SERVICE[services[0]]
    else:
        names = NAMES_OF_PAIR.get(frozenset(services), NAMES_OF_MANY)
    return (f"{names[0]}, {town[0]}", f"{names[1]}, {town[1]}", f"{names[2]}, {town[2]}")


def register_utilities(
    wanted: Sequence[tuple[Sequence[str], tuple[str, str, str], Region]], at: datetime
) -> list[Organisation]:
    """Register the utilities: services (the first is the main one), town's names, region."""
    rows = [
        NewOrganisation(
            bin=make_demo_bin(f"utility {services[0]} {town[2]}"),
            kind="utility",
            name_kk=names[0],
            name_ru=names[1],
            name_en=names[2],
            region=region,
            is_demonstration=True,
            code=derived_code("OR", "demo", services[0], town[2]),
        )
        for services, town, region in wanted
        for names in (utility_name(services, town),)
    ]
    return register_organisations(rows, by=SYSTEM, at=at)


def gather_cast(utilities: Sequence[Organisation], at: datetime) -> Cast:
    """Make all people; the first utility is the one the demonstration sign-ins serve."""
    people = make_demo_people(since=SINCE, utility=utilities[0], by=SYSTEM, at=at)
    heads = {utilities[0].code: _side(people, "utility_head")}
    heads |= _heads(utilities[1:], people.password, at)
    suppliers = [_side(people, "supplier"), *_suppliers(people.password, at)]
    cast = Cast(people, heads, suppliers, _committee(people, utilities, at))
    for side in cast.committee:
        private, public = make_key()
        cast.member_keys[side.person.code] = private
        give_member_key(side.person, public, by=side.actor, at=at)
    return cast


def join_utility(cast: Cast, utility: Organisation, name: str, at: datetime) -> Side:
    """Give a further utility its head, and the committee seats in it."""
    side = _sides([(name, utility)], "utility_head", cast.people.password, at)[0]
    cast.heads[utility.code] = side
    members = [NewRole(one.person, "committee_member", utility) for one in cast.committee]
    grant_roles(members, by=SYSTEM, at=at)
    cast.committee = [
        replace(
            one,
            actor=Actor(
                one.person.code,
                one.actor.grants | {Grant("committee_member", utility.code)},
            ),
        )
        for one in cast.committee
    ]
    return side


def recall_cast(folder: Path) -> Cast | None:
    """Return the people of a demonstration made earlier, or None when there was none."""
    people = recall_demo_people()
    if people is None:
        return None
    files = {side: _key_file(folder, side.person.code) for side in _seated(people)}
    if not all(file.exists() for file in files.values()):
        return None
    suppliers = [_side(people, "supplier"), *_recalled("demo-supplier-", "supplier")]
    keys = {
        side.person.code: base64.b64decode(json.loads(file.read_text())["private"])
        for side, file in files.items()
    }
    return Cast(people, {}, suppliers, list(files), keys)


def keep_member_keys(cast: Cast, folder: Path) -> None:
    """Keep the committee's private keys beside the demonstration, never in the database.

    They are files as a member's browser or `./qaita bid` makes them, so that whoever plays a
    member can give a share on the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for code, key in cast.member_keys.items():
        path = _key_file(folder, code)
        path.touch(mode=0o600)
        plain = {
            "demonstration": True,
            "person": code,
            "private": base64.b64encode(key).decode(),
            "v": 1,
        }
        path.write_text(json.dumps(plain))


def _key_file(folder: Path, person: str) -> Path:
    return folder / f"committee-{person}.json"


def _seated(people: DemoPeople) -> list[Side]:
    members = [one for one in people.people if one.role == "committee_member"]
    return [Side(one.person, one.organisation, actor_of(one.person)) for one in members]


def _recalled(start: str, role: str) -> list[Side]:
    rows = Membership.objects.filter(role=role, person__username__startswith=start)
    return [
        Side(row.person, row.organisation, actor_of(row.person))
        for row in rows.select_related("person", "organisation").order_by("person__pk")
        if row.organisation is not None
    ]


def _side(people: DemoPeople, role: str) -> Side:
    one = people.of(role)
    actor = Actor(one.person.code, frozenset({Grant(role, one.organisation.code)}))
    return Side(one.person, one.organisation, actor)


def _sides(
    named: Sequence[tuple[str, Organisation]], role: str, password: str, at: datetime
) -> list[Side]:
    """Make one signing person per organisation."""
    rows = [NewPerson(f"demo-{name}", code=derived_code("PN", "demo", name)) for name, _ in named]
    people = invite_people(rows, by=SYSTEM, at=at, password=password)
    pairs = [(person, place) for person, (_, place) in zip(people, named, strict=True)]
    grant_roles([NewRole(person, role, place) for person, place in pairs], by=SYSTEM, at=at)
    for person, place in pairs:
        issue_demonstration_certificate(person, place, since=SINCE, by=SYSTEM, at=at)
    return [
        Side(person, place, Actor(person.code, frozenset({Grant(role, place.code)})))
        for person, place in pairs
    ]


def _heads(utilities: Sequence[Organisation], password: str, at: datetime) -> dict[str, Side]:
    named = [(f"head-{number}", utility) for number, utility in enumerate(utilities, 2)]
    sides = _sides(named, "utility_head", password, at)
    return {side.organisation.code: side for side in sides}


def _suppliers(password: str, at: datetime) -> list[Side]:
    numbers = range(2, SUPPLIERS + 1)
    places = register_organisations(
        [
            NewOrganisation(
                bin=make_demo_bin(f"supplier {number}"),
                kind="supplier",
                name_kk=f"Демо құрылыс № {number}",
                name_ru=f"Демо строй № {number}",
                name_en=f"Demo Construction No. {number}",
                is_demonstration=True,
                code=derived_code("OR", "demo", "supplier", number),
            )
            for number in numbers
        ],
        by=SYSTEM,
        at=at,
    )
    named = [(f"supplier-{number}", place) for number, place in zip(numbers, places, strict=True)]
    return _sides(named, "supplier", password, at)


def _committee(people: DemoPeople, utilities: Sequence[Organisation], at: datetime) -> list[Side]:
    """The five members sit on every committee of the demonstration."""
    members = [one for one in people.people if one.role == "committee_member"][:COMMITTEE]
    others = [
        NewRole(one.person, "committee_member", utility)
        for one in members
        for utility in utilities[1:]
    ]
    grant_roles(others, by=SYSTEM, at=at)
    grants = frozenset(Grant("committee_member", utility.code) for utility in utilities)
    return [Side(one.person, one.organisation, Actor(one.person.code, grants)) for one in members]
