"""Filing an appeal: one transaction, one entry, the person's words kept apart."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction

from qaita.accounts.models import Organisation
from qaita.appeals.categories import BY_SERVICE
from qaita.appeals.errors import (
    BAD_EMAIL,
    BAD_PHONE,
    CALL_104,
    NO_PLACE,
    NO_WORDS,
    NOT_HERE,
    NOT_YOURS,
    TOO_LONG,
    UNKNOWN_CATEGORY,
)
from qaita.appeals.models import Appeal, Category, Contact
from qaita.appeals.queries import key_digest
from qaita.appeals.states import PERSON
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import QaitaError, Refused, Text, Wrong
from qaita.kernel.ids import ALPHABET, new_code
from qaita.law.appeals import appeals as appeals_law
from qaita.law.workdays import add_working_days
from qaita.ledger.grouping import Group
from qaita.ledger.leaves import Private, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.services import record_many
from qaita.networks.models import Network, Section
from qaita.networks.queries import Nearby, Spot, nearest_lines
from qaita.territory.models import Settlement
from qaita.territory.queries import region_at, settlement_near

MAX_WORDS = 4_000
KEY_GROUPS, KEY_LETTERS = 4, 4
PUBLIC_DIGITS = 3  # about a hundred metres: no house is told
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
PHONE_DIGITS = range(10, 16)


@dataclass(frozen=True)
class NewAppeal:
    """What a person tells. The place is a settlement or a point; a section may be known."""

    service: str
    category: str
    statement: str = field(repr=False)
    channel: str = "web"
    settlement: Settlement | None = None
    lon_deg: float | None = field(default=None, repr=False)
    lat_deg: float | None = field(default=None, repr=False)
    address: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    language: str = "kk"
    extent: str = "unknown"
    is_safe: bool = False  # the person has called 104 already
    section: Section | None = None
    code: str = ""
    received_at: datetime | None = None
    is_demonstration: bool = False

    @property
    def has_point(self) -> bool:
        """Tell whether coordinates were given."""
        return self.lon_deg is not None and self.lat_deg is not None


@dataclass(frozen=True)
class Filed:
    """The appeal and the key that only the person gets."""

    appeal: Appeal
    key: str = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where the appeal was found to belong."""

    region_id: int
    kato: str
    settlement_id: int | None = None
    section_id: int | None = None
    section_code: str = ""
    organisation_id: int | None = None


def file_appeal(new: NewAppeal, *, by: Actor, at: datetime) -> Filed:
    """Take an appeal: find its place, start its legal clock, keep the person's words apart."""
    return file_appeals([new], by=by, at=at)[0]


def file_appeals(rows: Sequence[NewAppeal], *, by: Actor, at: datetime) -> list[Filed]:
    """Take many appeals, all or none; each has its own entry."""
    if not any(by.has(role) for role in PERSON):
        raise Refused("appeal.file", [NOT_YOURS])
    for row in rows:
        _require_sound(row)
    asked = _Filing(rows, by, at)
    if connection.in_atomic_block:
        _file([asked])
    else:
        _group.commit([asked], _file)
    if asked.refusal is not None:
        raise asked.refusal
    return [Filed(one.appeal, one.key) for one in asked.made]


@dataclass(frozen=True)
class _Prepared:
    """All that will be written of one appeal."""

    appeal: Appeal
    contact: Contact
    entry: Entry
    key: str


@dataclass
class _Filing:
    """What one caller wants filed, all or none, and what became of it."""

    rows: Sequence[NewAppeal]
    by: Actor
    at: datetime
    made: list[_Prepared] = field(default_factory=list)
    refusal: QaitaError | None = None


# many people file at once when the water stops: those who wait share a commit
_group: Group[_Filing] = Group()


def _file(together: Sequence[_Filing]) -> None:
    """File what several callers ask for in one transaction; who is refused hinders nobody."""
    lines = iter(_lines_beside([row for asked in together for row in asked.rows]))
    for asked in together:
        placed = [(row, next(lines)) for row in asked.rows]
        asked.made, asked.refusal = [], None  # this may be the second time
        try:
            asked.made = [_prepared(row, near, by=asked.by, at=asked.at) for row, near in placed]
        except QaitaError as refusal:
            asked.refusal = refusal
    _write([one for asked in together for one in asked.made])


def _lines_beside(rows: Sequence[NewAppeal]) -> list[Nearby | None]:
    """Return the line nearest to each point given without a section."""
    spots = {
        number: Spot(row.lon_deg, row.lat_deg, row.service)
        for number, row in enumerate(rows)
        if row.section is None and row.lon_deg is not None and row.lat_deg is not None
    }
    found = dict(zip(spots, nearest_lines([*spots.values()]), strict=True))
    return [found.get(number) for number in range(len(rows))]


def _prepared(row: NewAppeal, near: Nearby | None, *, by: Actor, at: datetime) -> _Prepared:
    place, key = _place_of(row, near), _new_key()
    appeal = _appeal(row, place, at=at)
    entry = _entry(row, appeal, place, by=by)
    return _Prepared(appeal, _contact(row, appeal, key), entry, key)


def _write(made: Sequence[_Prepared]) -> None:
    if not made:
        return
    with transaction.atomic():
        Appeal.objects.bulk_create([one.appeal for one in made], batch_size=1_000)
        for one in made:
            one.contact.appeal = one.appeal
        Contact.objects.bulk_create([one.contact for one in made], batch_size=1_000)
        record_many([one.entry for one in made])


def _require_sound(row: NewAppeal) -> None:
    faults: dict[str, list[Text]] = {}
    if row.category not in BY_SERVICE.get(row.service, ()):
        faults["category"] = [UNKNOWN_CATEGORY]
    if not row.statement.strip():
        faults["statement"] = [NO_WORDS]
    elif len(row.statement) > MAX_WORDS:
        faults["statement"] = [TOO_LONG % {"limit": MAX_WORDS}]
    faults |= _contact_faults(row)
    if not (row.has_point or row.settlement or row.section):
        faults["place"] = [NO_PLACE]
    if faults:
        raise Wrong(faults)
    if row.category == Category.GAS_SMELL and not row.is_safe:
        raise Refused("appeal.file", [CALL_104])


def _contact_faults(row: NewAppeal) -> dict[str, list[Text]]:
    faults: dict[str, list[Text]] = {}
    if row.phone.strip() and len(re.sub(r"\D", "", row.phone)) not in PHONE_DIGITS:
        faults["phone"] = [BAD_PHONE]
    if row.email.strip() and not EMAIL.fullmatch(row.email.strip()):
        faults["email"] = [BAD_EMAIL]
    return faults


def _place_of(row: NewAppeal, near: Nearby | None) -> Place:
    place = _beside_section(row, near) or _without_section(row)
    region = row.settlement.region if row.settlement else None
    if region is None and not place.region_id and row.has_point:
        region = region_at(row.lon_deg or 0.0, row.lat_deg or 0.0)
    if region is not None:
        return replace(place, region_id=region.pk, kato=region.kato)
    if not place.region_id:
        raise Wrong({"place": [NOT_HERE]})
    return place


def _beside_section(row: NewAppeal, near: Nearby | None) -> Place | None:
    """Return the section that is named or nearest, and who runs the service here."""
    said = row.settlement.pk if row.settlement else None
    section = row.section
    if section is not None:
        network = section.network
        region, whose = network.region, network.utility_service.organisation_id
        town = said or network.settlement_id
        return Place(region.pk, region.kato, town, section.pk, section.code, whose)
    if near is None:
        return None
    town, whose = said or near.settlement_id, near.organisation_id
    if town is None and row.lon_deg is not None and row.lat_deg is not None:
        town = _pk(settlement_near(row.lon_deg, row.lat_deg))
    return Place(near.region_id, near.kato, town, near.section_id, near.code, whose)


def _without_section(row: NewAppeal) -> Place:
    """Return the settlement alone, and the one utility that runs the service there."""
    settlement = row.settlement
    if settlement is None and row.lon_deg is not None and row.lat_deg is not None:
        settlement = settlement_near(row.lon_deg, row.lat_deg)
    utility = _utility_of(settlement, row.service)
    return Place(0, "", _pk(settlement), organisation_id=_pk(utility))


def _pk(row: Settlement | Organisation | None) -> int | None:
    return row.pk if row is not None else None


def _utility_of(settlement: Settlement | None, service: str) -> Organisation | None:
    """Return who runs this service in the settlement, when one utility does."""
    if settlement is None:
        return None
    rows = Network.objects.filter(settlement=settlement, utility_service__service=service)
    network = rows.select_related("utility_service__organisation").order_by("-population").first()
    return network.utility_service.organisation if network else None


def _appeal(row: NewAppeal, place: Place, *, at: datetime) -> Appeal:
    received_at = row.received_at or at
    day = day_of(received_at)
    law = appeals_law(on=day)
    return Appeal(
        code=row.code or new_code("AL"),
        channel=row.channel,
        service=row.service,
        category=row.category,
        extent=row.extent,
        settlement_id=place.settlement_id,
        region_id=place.region_id,
        section_id=place.section_id,
        organisation_id=place.organisation_id,
        lon_deg=None if row.lon_deg is None else round(row.lon_deg, PUBLIC_DIGITS),
        lat_deg=None if row.lat_deg is None else round(row.lat_deg, PUBLIC_DIGITS),
        law_on=day,
        received_at=received_at,
        accept_by_on=add_working_days(day, law.accept_working_days),
        due_on=add_working_days(day, law.answer_working_days),
        updated_at=received_at,
        is_demonstration=row.is_demonstration,
    )


def _contact(row: NewAppeal, appeal: Appeal, key: str) -> Contact:
    return Contact(
        appeal=appeal,
        key_digest=key_digest(key),
        name=row.name.strip()[:120],
        phone=re.sub(r"[^\d+]", "", row.phone)[:20],
        email=row.email.strip()[:120],
        language=row.language,
        statement=row.statement.strip(),
        address=row.address.strip()[:250],
        lon_deg=row.lon_deg,
        lat_deg=row.lat_deg,
    )


def _entry(row: NewAppeal, appeal: Appeal, place: Place, *, by: Actor) -> Entry:
    """Build the entry: what is personal enters as salted commitments only."""
    return make_entry(
        kind="appeal.file",
        code=appeal.code,
        actor=by.code,
        at=appeal.received_at,
        facts={
            "channel": appeal.channel,
            "service": appeal.service,
            "category": appeal.category,
            "region": place.kato,
            "section": place.section_code,
            "due_on": appeal.due_on,
            "statement": Private(row.statement),
            "contact": Private([row.name, row.phone, row.email, row.address]),
        },
    )


def _new_key() -> str:
    """Return a key of eighty random bits in groups that can be read out over the telephone."""
    letters = [secrets.choice(ALPHABET) for _ in range(KEY_GROUPS * KEY_LETTERS)]
    groups = ["".join(letters[i : i + KEY_LETTERS]) for i in range(0, len(letters), KEY_LETTERS)]
    return "-".join(groups)
