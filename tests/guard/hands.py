"""Foreign hands: every role held in another organisation and region, and things they reach for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client

from qaita.accounts.models import ApiKey, Certificate, Organisation, Person, Signature
from qaita.accounts.roles import GIVEN_ROLES, ROLE_KINDS
from qaita.accounts.services import grant_role
from qaita.appeals.models import Appeal
from qaita.funding.models import Instrument, Tranche
from qaita.jobs.models import Job
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.ledger.queries import seen_of
from qaita.networks.models import Import, Section, UtilityService
from qaita.planning.models import CountryRun, CountryScenario, Run, Scenario
from qaita.procurement.models import (
    Amendment,
    Award,
    Bid,
    Complaint,
    Contract,
    Lot,
    Question,
    Tender,
)
from qaita.producers.models import Producer, Product
from qaita.programme.models import Project
from qaita.territory.models import Region
from qaita.turmys.models import Incident, MeteringDistrict, Outage, ReadingBatch
from qaita.works.models import Act, AsBuilt, DigPermit, Milestone, Site
from tests.accounts.make import AT, make_organisation, make_person

FAR = "10"  # a region in which the demonstration has no network
MODELS: dict[str, type[models.Model]] = {
    "act": Act, "amendment": Amendment, "api_key": ApiKey, "appeal": Appeal, "award": Award,
    "batch": ReadingBatch, "bid": Bid, "certificate": Certificate, "complaint": Complaint,
    "contract": Contract, "country_run": CountryRun,
    "country_scenario": CountryScenario, "district": MeteringDistrict,
    "import": Import, "incident": Incident, "instrument": Instrument,
    "job": Job, "line": AsBuilt, "lot": Lot, "milestone": Milestone, "outage": Outage,
    "permit": DigPermit, "person": Person, "producer": Producer, "product": Product,
    "project": Project, "question": Question, "run": Run, "scenario": Scenario,
    "section": Section, "service": UtilityService, "signature": Signature, "site": Site,
    "supplier": Organisation, "tender": Tender, "tranche": Tranche,
}  # fmt: skip
# The state in which most can be done with a thing; the first thing in none of them serves else.
RIPE = {
    "appeal": ("accepted", "received"), "award": ("standing",), "bid": ("received", "admitted"),
    "contract": ("running", "signed"), "import": ("read",), "outage": ("running", "announced"),
    "project": ("confirmed", "submitted"), "tender": ("closed", "open"), "site": ("open",),
    "question": ("asked",), "act": ("draft", "sent"),
}  # fmt: skip


def plant() -> None:
    """Add what the smallest demonstration lacks; rows alone, since only their owner matters."""
    site, award = Site.objects.first(), Award.objects.first()
    contract, instrument = Contract.objects.first(), Instrument.objects.first()
    assert site and award and contract and instrument
    on = day_of(AT)
    owner = Person.objects.get(username="demo-engineer")
    utility = owner.memberships.get().organisation
    assert utility
    Tranche.objects.create(instrument=instrument, amount_kzt=1, planned_on=on)
    Complaint.objects.create(
        tender=award.bid.tender, award=award, filed_by=award.bid.supplier, statement="x",
        filed_at=AT, due_on=on,
    )  # fmt: skip
    Amendment.objects.create(
        contract=contract, number=1, ground="price", reason="x", change_kzt=1, proposed_at=AT
    )
    names = {f"title_{language}": "x" for language in ("kk", "ru", "en")}
    Milestone.objects.create(site=site, number=99, due_on=on, **names)
    DigPermit.objects.create(site=site, number="99", issued_on=on, until_on=on)
    Job.objects.create(
        kind="networks.read", actor=owner.code, organisation=utility.code, queued_at=AT,
        resume={"path": "x"},
    )  # fmt: skip
    ApiKey.objects.create(person=owner, name="x", digest="x", scopes=["read"], made_at=AT)


def thing_of(kind: str) -> str:
    """Return the code of a thing of the demonstration, ripe for a step when there is one."""
    model = MODELS[kind]
    rows = model._default_manager.order_by("pk")
    if kind == "person":
        rows = rows.filter(username="demo-engineer")
    if kind == "supplier":
        rows = rows.filter(kind="supplier")
    ripe = rows.filter(state__in=RIPE[kind]).first() if kind in RIPE else None
    found = ripe or rows.first()
    assert found is not None, f"the demonstration has no {kind}: plant one"
    return str(found.code)  # type: ignore[attr-defined]  # every thing has one


# held for the whole country: nowhere are they foreign
NATIONAL = {"programme_office", "sysadmin"}


def foreign_people() -> dict[str, Person]:
    """Return a nobody, and one who holds every role, each in another organisation and region.

    What the second may not, nobody with one of the roles may.
    """
    far = Region.objects.get(kato=FAR)
    nobody, all_hands = make_person(username="far-nobody"), make_person(username="far-hands")
    for role in GIVEN_ROLES:
        if role not in NATIONAL:
            kind = min(ROLE_KINDS[role], default="utility")
            place = Organisation.objects.filter(name_en=f"Far {kind}").first()
            place = place or make_organisation(kind, f"Far {kind}", region=far)
            grant_role(all_hands, role, organisation=place, region=far, by=SYSTEM, at=AT)
    return {"nobody": nobody, "all roles elsewhere": all_hands}


def signed_in(person: Person) -> Client:
    """Return a browser in which the person is signed in."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(name: str) -> dict[str, Any]:
    """Return what the form of an address takes for valid, so that the room itself has to refuse."""
    picture = SimpleUploadedFile("x.jpg", b"x")
    seen = seen_of(thing_of("project")) if name == "programme:decide" else 1
    fresh = {"section": thing_of("section"), "pictures": picture, "seen": seen}
    return ANYWHERE | fresh | VALID.get(name, {})


DAY, HOUR = "2027-06-01", "2027-06-01T10:00"
ANYWHERE: dict[str, Any] = {
    "action": "confirm", "amount_kzt": "1", "at_m": "1", "bin": "031140001297", "cause": "unknown",
    "closes_at": HOUR, "condition_percent": "50", "consumers_off": "0", "cost_kzt": "1000",
    "done": "Words", "expected_at": "2027-06-01T12:00", "extend-reason": "Words",
    "happened_at": "2026-03-01T10:00", "held_on": DAY, "issued_on": DAY, "laid_on": DAY,
    "language": "ru", "machines": "0", "name": "Word", "number": "1", "on": "2026-03-01",
    "outcome": "fixed", "pem": "x", "planned_on": DAY, "quantity": "1", "reason": "Words",
    "region": FAR, "remarks": "Words", "scopes": ["read"], "source": "dispatcher",
    "starts_at": HOUR, "starts_on": DAY, "statement": "Words", "term_years": "1", "text": "Words",
    "title": "Word", "unfixed-reason": "Words", "until_on": DAY, "verdict": "admit",
    "workers": "1", "years_main": "1", "years_sub": "0",
    **{f"{stem}_{end}": "Word" for stem in ("name", "title") for end in ("kk", "ru", "en")},
}  # fmt: skip
PRODUCT = {
    "service": "water", "ens_tru": "2" * 17, "kpved": "22.21", "tn_ved": "3917210000",
    "unit": "m", "capacity_per_year": "1", "share_percent": "50", "price_kzt": "1",
}  # fmt: skip
VALID: dict[str, dict[str, Any]] = {
    "accounts:grant": {"role": "dispatcher"},
    "accounts:register": {"kind": "utility"},
    "accounts:revoke": {"role": "utility_engineer"},
    "funding:project": {"kind": "own"},
    "procurement:amend": {"ground": "design_change", "change_kzt": "1"},
    "procurement:debar": {"ground": "contract_breach"},
    "procurement:resolve": {"verdict": "dismiss"},
    "producers:new_product": PRODUCT,
    "producers:product": PRODUCT,
    "turmys:meters": {"lines": "A-1"},
    "works:check": {"kind": "tightness"},
    "works:evidence": {"stage": "before"},
    "works:line": {"material": "steel", "drawn": "76.9,52.2\n76.91,52.2"},
    "works:material": {"batch": "1", "certificate": "1"},
    "works:milestone": {"verdict": "miss"},
    "works:plan": {"due_on": DAY},
    "works:sign": {"role": "supervisor"},
}


@contextmanager
def nothing_written() -> Iterator[list[str]]:
    """Note every statement that changes a row of ours; sessions and counters are not ours."""
    found: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        verb, _space, rest = sql.lstrip().partition(" ")
        if verb.upper() in {"INSERT", "UPDATE", "DELETE"} and "django_session" not in rest[:24]:
            found.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found
