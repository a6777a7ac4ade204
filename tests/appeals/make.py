"""Appeals, operators and people with marked personal values for tests."""

from dataclasses import replace
from datetime import UTC, datetime

from qaita.appeals.services import Filed, NewAppeal, file_appeal
from qaita.kernel.actor import PUBLIC, SYSTEM, Actor, Grant
from qaita.ledger.services import record
from qaita.networks.models import Network
from qaita.territory.models import Settlement
from tests.turmys.make import AT

NAME, PHONE, EMAIL = "Zhanerke Markedova", "+77015550199", "marked.person@example.kz"
WORDS = "My marked neighbour Secretov says the water has been off since six"
ADDRESS = "Markedstreet 17, flat 4"
MARKS = ("Markedova", "7015550199", "marked.person", "Secretov", "Markedstreet")


def make_settlement(network: Network) -> Settlement:
    made, _ = Settlement.objects.get_or_create(
        code="ST-TEST",
        defaults={
            "region": network.region,
            "name_kk": "Павлодар",
            "name_ru": "Павлодар",
            "name_en": "Pavlodar",
            "lon_deg": 76.95,
            "lat_deg": 52.28,
            "population": 300_000,
            "loaded_at": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )
    if network.settlement != made:
        network.settlement = made
        network.save(update_fields=["settlement"])
        record("network.settle", network.code, by=SYSTEM, at=AT)
    return made


def new_appeal(network: Network, offset_deg: float = 0.0003, **facts: object) -> NewAppeal:
    """An appeal a few metres from the street's third section."""
    made = NewAppeal(
        service=network.utility_service.service,
        category="no_supply",
        statement=WORDS,
        settlement=make_settlement(network),
        lon_deg=76.9535 + offset_deg,
        lat_deg=52.2801,
        address=ADDRESS,
        name=NAME,
        phone=PHONE,
        email=EMAIL,
        language="ru",
    )
    return replace(made, **facts)


def make_appeal(network: Network, at: datetime = AT, **facts: object) -> Filed:
    return file_appeal(new_appeal(network, **facts), by=PUBLIC, at=at)


def make_operator(network: Network, organisation: str = "", region: str = "") -> Actor:
    own = organisation or network.utility_service.organisation.code
    grant = Grant("call_operator", own, region or network.region.kato)
    return Actor("PN-OPERATOR", frozenset({grant}))
