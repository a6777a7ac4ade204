"""Builders of the register for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Grant
from qaita.producers.entries import ProducerEntry, ProductEntry
from qaita.producers.models import Producer
from qaita.producers.services import register_producers_many
from qaita.territory.models import Region

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
OFFICE = Actor("PN-OFFICE", frozenset({Grant("programme_office")}))
NAMES = [
    ("Болат құбыр", "Труба стальная", "Steel pipe"),
    ("Полиэтилен құбыр", "Труба полиэтиленовая", "Polyethylene pipe"),
    ("Күштік трансформатор", "Трансформатор силовой", "Power transformer"),
    ("Желілік сорғы", "Насос сетевой", "Network pump"),
    ("Қосатын арматура", "Арматура запорная", "Shut-off valve"),
]


def make_region(kato: str = "35") -> Region:
    names = {"name_kk": "Қарағанды облысы", "name_ru": "Карагандинская область"}
    region, _ = Region.objects.get_or_create(
        kato=kato, defaults={"iso": f"KZ-{kato}", "name_en": "Karaganda Region", **names}
    )
    return region


def make_organisation(number: int = 1) -> Organisation:
    row, _ = Organisation.objects.get_or_create(
        code=f"OR-PROD{number}",
        defaults={
            "bin": f"{number:012d}",
            "kind": "producer",
            "name_kk": f"Демо зауыт {number}",
            "name_ru": f"Демо завод {number}",
            "name_en": f"Demo Works {number}",
            "region": make_region(),
        },
    )
    return row


def make_product_entry(which: int = 0, **values: object) -> ProductEntry:
    kk, ru, en = NAMES[which % len(NAMES)]
    plain: dict[str, object] = {
        "name_kk": kk, "name_ru": ru, "name_en": en,
        "ens_tru": f"24201{which % 10}.335.000000", "kpved": f"24.20.1{which % 10}",
        "tn_ved": "7305110000", "unit": "m",
        "capacity_per_year": Decimal(50_000), "in_country_share": Decimal("0.7000"),
        "price_kzt": Decimal("45000.00"), "valid_from": date(2026, 1, 1),
        "service": "heat", "category": "pipe",
    }  # fmt: skip
    return ProductEntry(**{**plain, **values})  # type: ignore[arg-type]  # any values fit a test


def make_entry(number: int = 1, products: tuple[ProductEntry, ...] | None = None) -> ProducerEntry:
    return ProducerEntry(
        organisation=make_organisation(number),
        region=make_region(),
        register_no=f"KZ-{number:05d}",
        applied_on=date(2026, 1, 10),
        entered_on=date(2026, 1, 30),
        products=(make_product_entry(),) if products is None else products,
    )


def make_producer(number: int = 1, *products: ProductEntry) -> Producer:
    entry = make_entry(number, products or None)
    return register_producers_many([entry], by=OFFICE, at=AT)[0]


def own(producer: Producer) -> Actor:
    return Actor("PN-OWN", frozenset({Grant("producer", producer.organisation.code)}))
