"""The people of a demonstration: one sign-in per role, in organisations that say so."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qaita.accounts.bins import make_demo_bin
from qaita.accounts.models import Membership, Organisation, Person
from qaita.accounts.services.organisations import NewOrganisation, register_organisations
from qaita.accounts.services.people import NewPerson, NewRole, grant_roles, invite_people
from qaita.accounts.services.signatures import issue_demonstration_certificate
from qaita.kernel.actor import Actor
from qaita.kernel.ids import derived_code
from qaita.territory.models import Region

DEMO_PASSWORD = "qaita-demo-2026"  # noqa: S105 -- printed on purpose: it opens made-up data only
DEMO_PREFIX = "demo-"
NEVER_SIGN = frozenset({"call_operator", "auditor", "sysadmin", "producer"})

# kind → names; the region is the one of the demonstration utility
ORGANISATIONS = {
    "utility": (
        "Демо жылу желілері, Павлодар",
        "Демо тепловые сети, Павлодар",
        "Demo Heat Networks, Pavlodar",
    ),
    "technical_operator": (
        "Демо техникалық оператор",
        "Демо технический оператор",
        "Demo Technical Operator",
    ),
    "financial_operator": (
        "Демо қаржы операторы",
        "Демо финансовый оператор",
        "Demo Financial Operator",
    ),
    "regulator": ("Демо реттеуші", "Демо регулятор", "Demo Regulator"),
    "akimat": ("Демо әкімдік", "Демо акимат", "Demo Akimat"),
    "programme_office": (
        "Демо жобалық кеңсе",
        "Демо проектный офис",
        "Demo Programme Office",
    ),
    "producer": ("Демо құбыр зауыты", "Демо трубный завод", "Demo Pipe Works"),
    "supplier": ("Демо құрылыс", "Демо строй", "Demo Construction"),
    "supervision": ("Демо техқадағалау", "Демо технадзор", "Demo Supervision"),
    "audit": ("Демо аудит", "Демо аудит", "Demo Audit"),
    "operations": ("Демо жүйе әкімшілігі", "Демо администрация системы", "Demo Operations"),
}

# sign-in → role, kind of organisation
PEOPLE = {
    "engineer": ("utility_engineer", "utility"),
    "head": ("utility_head", "utility"),
    "technical": ("technical_operator", "technical_operator"),
    "financial": ("financial_operator", "financial_operator"),
    "regulator": ("regulator", "regulator"),
    "akimat": ("akimat", "akimat"),
    "office": ("programme_office", "programme_office"),
    "producer": ("producer", "producer"),
    "supplier": ("supplier", "supplier"),
    **{f"committee-{n}": ("committee_member", "utility") for n in range(1, 6)},
    "supervisor": ("supervisor", "supervision"),
    "dispatcher": ("dispatcher", "utility"),
    "operator": ("call_operator", "utility"),
    "auditor": ("auditor", "audit"),
    "sysadmin": ("sysadmin", "operations"),
}


@dataclass(frozen=True)
class DemoPerson:
    """One sign-in of the demonstration."""

    username: str
    role: str
    person: Person
    organisation: Organisation


@dataclass(frozen=True)
class DemoPeople:
    """All sign-ins of the demonstration, their organisations by kind, and the one password."""

    password: str
    people: tuple[DemoPerson, ...]
    organisations: dict[str, Organisation]

    def of(self, role: str) -> DemoPerson:
        """Return the first person of the role."""
        return next(one for one in self.people if one.role == role)


def make_demo_people(
    *, since: datetime, utility: Organisation | None = None, by: Actor, at: datetime
) -> DemoPeople:
    """Make one sign-in per role; the codes are the same on every run.

    `since` is the first day on which one of them may sign; `utility` is the demonstration utility
    they serve, made here when none is given.
    """
    with transaction.atomic():
        places = _demo_organisations(utility, by, at)
        people = invite_people(
            [
                NewPerson(f"{DEMO_PREFIX}{name}", code=derived_code("PN", "demo", name))
                for name in PEOPLE
            ],
            by=by,
            at=at,
            password=DEMO_PASSWORD,
        )
        made = [
            DemoPerson(person.username, role, person, places[kind])
            for person, (role, kind) in zip(people, PEOPLE.values(), strict=True)
        ]
        roles = [NewRole(one.person, one.role, one.organisation, _place_of(one)) for one in made]
        grant_roles(roles, by=by, at=at)
        for one in made:
            if one.role not in NEVER_SIGN:
                issue_demonstration_certificate(
                    one.person, one.organisation, since=since, by=by, at=at
                )
    return DemoPeople(DEMO_PASSWORD, tuple(made), places)


def recall_demo_people() -> DemoPeople | None:
    """Return the people made earlier, or None when there are none."""
    names = {f"{DEMO_PREFIX}{name}": role for name, (role, _kind) in PEOPLE.items()}
    rows = Membership.objects.filter(person__username__in=names)
    held: dict[str, Membership] = {}
    for row in rows.select_related("person", "organisation").order_by("pk"):
        if row.role == names[row.person.username]:
            held.setdefault(row.person.username, row)
    made = tuple(
        DemoPerson(name, role, held[name].person, organisation)
        for name, role in names.items()
        if name in held and (organisation := held[name].organisation) is not None
    )
    if len(made) != len(names):
        return None
    return DemoPeople(
        DEMO_PASSWORD, made, {one.organisation.kind: one.organisation for one in made}
    )


def _place_of(one: DemoPerson) -> Region | None:
    """An akimat acts in its own region; everybody else wherever the organisation does."""
    return one.organisation.region if one.role == "akimat" else None


def _demo_organisations(
    utility: Organisation | None, by: Actor, at: datetime
) -> dict[str, Organisation]:
    region = utility.region if utility else Region.objects.filter(kato="55").first()
    given = {"utility": utility} if utility else {}
    wanted = {kind: names for kind, names in ORGANISATIONS.items() if kind not in given}
    made = register_organisations(
        [
            NewOrganisation(
                bin=make_demo_bin(f"people {kind}"),
                kind=kind,
                name_kk=names[0],
                name_ru=names[1],
                name_en=names[2],
                region=region if kind in {"utility", "akimat"} else None,
                is_demonstration=True,
                code=derived_code("OR", "demo", kind),
            )
            for kind, names in wanted.items()
        ],
        by=by,
        at=at,
    )
    return {**given, **{organisation.kind: organisation for organisation in made}}
