"""Builders of tenders for tests: a buyer, a committee with real keys, suppliers, sealed bids."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from qaita.accounts.models import Organisation, Person
from qaita.accounts.services import issue_demonstration_certificate
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.procurement import services
from qaita.procurement.models import Award, Bid, Contract, Lot, Tender
from qaita.procurement.queries import address_of, bid_security_kzt, live_bids
from qaita.procurement.sealing import make_key, open_share, seal_offer
from qaita.procurement.services import LotPlan, TenderPlan
from qaita.programme.models import Project
from qaita.territory.models import Region

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CLOSES_AT = AT + timedelta(days=30)
AFTER = CLOSES_AT + timedelta(hours=1)
KEEPER = Actor("PN-KEEPER", frozenset({Grant("sysadmin")}))
OFFICE = Actor("PN-OFFICE", frozenset({Grant("programme_office")}))
NOBODY = Actor("PN-NOBODY")
CHEAP = "The pipe is the bidder's own make"
ENS_TRU = "422122.335.000000"


def make_region(kato: str = "55") -> Region:
    names = {"name_kk": "Павлодар облысы", "name_ru": "Павлодарская область"}
    region, _ = Region.objects.get_or_create(
        kato=kato, defaults={"iso": f"KZ-{kato}", "name_en": "Pavlodar Region", **names}
    )
    return region


def make_organisation(code: str, kind: str = "supplier") -> Organisation:
    number = sum(ord(letter) * 7**place for place, letter in enumerate(code)) % 10**12
    row, _ = Organisation.objects.get_or_create(
        code=code,
        defaults={
            "bin": f"{number:012d}",
            "kind": kind,
            "name_kk": f"Демо {code}",
            "name_ru": f"Демо {code}",
            "name_en": f"Demo {code}",
            "region": make_region(),
            "is_demonstration": True,
        },
    )
    return row


def make_person(code: str, organisation: Organisation) -> Person:
    person, made = Person.objects.get_or_create(code=code, defaults={"username": code.lower()})
    if made:
        issue_demonstration_certificate(
            person, organisation, since=AT - timedelta(days=1), by=KEEPER, at=AT
        )
    return person


def actor(person: str, role: str, organisation: Organisation) -> Actor:
    return Actor(person, frozenset({Grant(role, organisation.code)}))


def make_project(code: str = "AP-TEST", cost: str = "500000000.00", length_m: float = 4000):
    return Project.objects.create(
        code=code,
        utility=make_organisation("OR-BUYER", "utility"),
        service="water",
        region=make_region(),
        title_kk="Су құбырын ауыстыру",
        title_ru="Замена водовода",
        title_en="Renewal of a water main",
        state="confirmed",
        cost_kzt=Decimal(cost),
        length_planned_m=length_m,
        year=2026,
        law_on=day_of(AT),
        drafted_at=AT,
    )


def make_lot_plan(**values) -> LotPlan:
    plan = {
        "title_kk": "Құбырды ауыстыру",
        "title_ru": "Замена трубы",
        "title_en": "Pipe replacement",
        "category": "works",
        "ens_tru": ENS_TRU,
        "quantity": Decimal("1200.000"),
        "unit": "m",
        "estimate_kzt": Decimal("120000000.00"),
    }
    return LotPlan(**{**plan, **values})


def security_of(lot: Lot) -> dict[str, str]:
    """Return the security the law asks for."""
    return {"security_kzt": str(bid_security_kzt(lot)), "security_no": "BG-1"}


@dataclass
class Procedure:
    """A tender with everyone around it; private keys live only here, as they do in life."""

    tender: Tender
    lot: Lot
    keys: dict[str, bytes]
    bids: dict[str, Bid] = field(default_factory=dict)

    @property
    def head(self) -> Actor:
        return actor("PN-HEAD", "utility_head", self.tender.buyer)

    @property
    def members(self) -> list[Actor]:
        return [actor(code, "committee_member", self.tender.buyer) for code in self.keys]

    def supplier(self, code: str) -> Actor:
        return actor(f"PN-{code}", "supplier", make_organisation(code))

    def fresh(self) -> Tender:
        self.tender = Tender.objects.select_related("buyer", "project").get(pk=self.tender.pk)
        self.lot = Lot.objects.select_related("tender__buyer").get(pk=self.lot.pk)
        return self.tender

    def seal(self, code: str, price: str) -> bytes:
        return seal_offer({"price_kzt": price}, address_of(self.lot, code))

    def bid(self, code: str, price: str, *, at: datetime | None = None, **qualification) -> Bid:
        self.bids[code] = services.submit_bid(
            self.lot,
            supplier=make_organisation(code),
            sealed=(self.seal(code, price), {**security_of(self.lot), **qualification}),
            by=self.supplier(code),
            at=at or AT + timedelta(days=3),
        )
        return self.bids[code]

    def close(self, *, rival: bool = True) -> Tender:
        """Close the tender; a lone bidder gets a dearer rival, because the law asks for two."""
        if rival and live_bids(self.lot).count() == 1:
            self.bid("OR-RIVAL", "119999999.00")
        services.close_due(at=AFTER)
        return self.fresh()

    def admit_all(self) -> Tender:
        for bid in Bid.objects.filter(tender=self.tender, state="received"):
            services.admit_bidder(bid, by=self.members[0], at=AFTER)
        self.tender = services.finish_admission(self.fresh(), by=self.members[0], at=AFTER)
        return self.tender

    def pads(self, member: str) -> dict[str, dict[str, str]]:
        return {
            bid.code: open_share(bytes(bid.envelope), member, self.keys[member])
            for bid in Bid.objects.filter(tender=self.tender, state="admitted")
        }

    def contribute(self, count: int) -> None:
        for member in self.members[:count]:
            pads = self.pads(member.code)
            services.contribute_share(self.tender, pads, by=member, at=AFTER)

    def open(self) -> Tender:
        self.close()
        self.admit_all()
        self.contribute(self.tender.threshold)
        self.tender = services.open_bids(self.tender, by=self.members[0], at=AFTER)
        return self.tender

    def award(self) -> Award:
        self.open()
        award = services.award_lot(self.lot, explanation=CHEAP, by=self.head, at=AFTER)
        self.fresh()
        return award

    def sign(self, contract: Contract, at: datetime) -> Contract:
        supplier = self.supplier(contract.supplier.code)
        make_person(supplier.code, contract.supplier)
        services.sign_contract(contract, by=supplier, at=at)
        return services.sign_contract(contract, by=self.head, at=at)


def only_bid() -> Bid:
    """Return the one bid that is not the rival's."""
    return Bid.objects.exclude(supplier__code="OR-RIVAL").get()


def make_procedure(members: int = 5, threshold: int = 3, **values) -> Procedure:
    """A drafted and announced tender of one lot."""
    made = make_draft(members, threshold, **values)
    services.announce_tender(made.fresh(), by=made.head, at=AT)
    made.fresh()
    return made


def make_draft(members: int = 5, threshold: int = 3, **values) -> Procedure:
    project = values.pop("project", None) or make_project()
    keys, people = {}, []
    make_person("PN-HEAD", project.utility)
    for number in range(1, members + 1):
        code = f"PN-MEMBER{number}"
        private, public = make_key()
        person = make_person(code, project.utility)
        own = actor(code, "committee_member", project.utility)
        services.give_member_key(person, public, by=own, at=AT)
        keys[code] = private
        people.append(person)
    lot_values = values.pop("lot", {})
    plan = TenderPlan(
        title_kk="Құбыр", title_ru="Труба", title_en="Pipe",
        lots=values.pop("lots", (make_lot_plan(**lot_values),)),
        committee=tuple(people), threshold=threshold,
        closes_at=values.pop("closes_at", CLOSES_AT), **values,
    )  # fmt: skip
    head = actor("PN-HEAD", "utility_head", project.utility)
    tender = services.draft_tender(project, plan, by=head, at=AT)
    return Procedure(tender, tender.lots.first(), keys)
