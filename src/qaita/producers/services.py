"""The verbs of the register."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours, Refused
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import move, move_many, record, record_many, settle
from qaita.producers.entries import ProducerEntry, ProductEntry, require_products
from qaita.producers.errors import FILED_ALREADY, REASON_NEEDED
from qaita.producers.models import Producer, Product, producer_code, product_code
from qaita.producers.states import KEEPERS, PRODUCER

__all__ = [
    "ProducerEntry",
    "ProductEntry",
    "add_product",
    "apply_to_register",
    "decline_producer",
    "enter_producer",
    "exclude_producer",
    "leave_register",
    "register_producers_many",
    "restore_producer",
    "suspend_producer",
    "update_product",
    "withdraw_product",
]


def apply_to_register(entry: ProducerEntry, *, by: Actor, at: datetime) -> Producer:
    """File an application of a producer with its products."""
    if not by.may("producer", Scope(organisation=entry.organisation.code)):
        raise NotYours("producer")
    known = Q(organisation=entry.organisation) | Q(register_no=entry.register_no)
    if Producer.objects.filter(known).exists():
        raise Refused("producer.apply", [FILED_ALREADY])
    return _file_entries([entry], by=by, at=at)[0]


def register_producers_many(
    entries: Sequence[ProducerEntry], *, by: Actor, at: datetime
) -> list[Producer]:
    """Take many entries of a register kept elsewhere, each entered on its own day."""
    with transaction.atomic():
        producers = _file_entries(entries, by=by, at=at)
        move_many(producers, PRODUCER, "enter", by=by, at=at, facts_of=_entry_facts)
    return producers


def enter_producer(producer: Producer, *, by: Actor, at: datetime) -> Producer:
    """Enter the producer into the register."""
    with transaction.atomic():
        move(producer, PRODUCER, "enter", by=by, at=at, facts=_entry_facts(producer))
        producer.entered_on = producer.checked_on = day_of(at)
        producer.save(update_fields=["entered_on", "checked_on"])
    return producer


def decline_producer(producer: Producer, *, reason: str, by: Actor, at: datetime) -> Producer:
    """Refuse the application, with the reason the applicant reads."""
    return _move_for(producer, "decline", reason=reason, by=by, at=at)


def suspend_producer(producer: Producer, *, reason: str, by: Actor, at: datetime) -> Producer:
    """Suspend the entry after a mismatch; the producer may cure it."""
    with transaction.atomic():
        _move_for(producer, "suspend", reason=reason, by=by, at=at)
        Producer.objects.filter(pk=producer.pk).update(mismatches=F("mismatches") + 1)
        settle(producer)
        producer.refresh_from_db()
    return producer


def restore_producer(producer: Producer, *, by: Actor, at: datetime) -> Producer:
    """Restore the entry after the mismatch was cured."""
    return move(producer, PRODUCER, "restore", by=by, at=at)


def exclude_producer(producer: Producer, *, reason: str, by: Actor, at: datetime) -> Producer:
    """Exclude the producer after a second uncured mismatch."""
    with transaction.atomic():
        _move_for(producer, "exclude", reason=reason, by=by, at=at)
        return _close_entry(producer, at=at)


def leave_register(producer: Producer, *, by: Actor, at: datetime) -> Producer:
    """Let the producer leave on its own wish."""
    with transaction.atomic():
        move(producer, PRODUCER, "leave", by=by, at=at)
        return _close_entry(producer, at=at)


def add_product(producer: Producer, entry: ProductEntry, *, by: Actor, at: datetime) -> Product:
    """Add a product to the entry."""
    _require_keeper_or_owner(producer, by=by)
    require_products((entry,))
    with transaction.atomic():
        product = Product.objects.create(**_columns(entry, producer))
        record("product.add", product.code, by=by, at=at, facts=_product_facts(product))
    return product


def update_product(
    product: Product, changes: dict[str, Any], *, by: Actor, at: datetime
) -> Product:
    """Change columns of a product; the ledger keeps what stood there before."""
    _require_keeper_or_owner(product.producer, by=by)
    names = [f.name for f in ProductEntry.__dataclass_fields__.values() if f.name != "code"]
    changes = {name: value for name, value in changes.items() if name in names}
    was = {name: getattr(product, name) for name in names}
    require_products((ProductEntry(**{**was, **changes}),))
    with transaction.atomic():
        for name, value in changes.items():
            setattr(product, name, value)
        product.save(update_fields=list(changes))
        before = {name: was[name] for name in changes}
        record("product.update", product.code, by=by, at=at, facts={"was": before, "is": changes})
    return product


def withdraw_product(product: Product, *, by: Actor, at: datetime) -> Product:
    """End the product's validity today."""
    _require_keeper_or_owner(product.producer, by=by)
    with transaction.atomic():
        product.valid_until = day_of(at)
        product.save(update_fields=["valid_until"])
        record("product.withdraw", product.code, by=by, at=at, facts={"on": product.valid_until})
    return product


def _move_for(producer: Producer, action: str, *, reason: str, by: Actor, at: datetime) -> Producer:
    if not reason.strip():
        raise Refused(f"producer.{action}", [REASON_NEEDED])
    return move(producer, PRODUCER, action, by=by, at=at, facts={"reason": reason})


def _close_entry(producer: Producer, *, at: datetime) -> Producer:
    producer.left_on = day_of(at)
    producer.save(update_fields=["left_on"])
    return producer


def _require_keeper_or_owner(producer: Producer, *, by: Actor) -> None:
    roles = (*KEEPERS, "producer")
    if not any(by.may(role, producer.scope_for(role)) for role in roles):
        raise NotYours("producer")


def _file_entries(entries: Sequence[ProducerEntry], *, by: Actor, at: datetime) -> list[Producer]:
    for entry in entries:
        require_products(entry.products)
    with transaction.atomic():
        producers = Producer.objects.bulk_create(_producers_of(entries, at=at))
        products = Product.objects.bulk_create(
            [
                Product(**_columns(row, producer))
                for producer, entry in zip(producers, entries, strict=True)
                for row in entry.products
            ],
            batch_size=500,
        )
        record_many(
            make_entry(
                kind="producer.apply",
                code=producer.code,
                actor=by.code,
                at=at,
                facts={
                    "organisation": producer.organisation.code,
                    "register_no": producer.register_no,
                    "products": len(entry.products),
                },
            )
            for producer, entry in zip(producers, entries, strict=True)
        )
        record_many(
            make_entry(
                kind="product.add",
                code=product.code,
                actor=by.code,
                at=at,
                facts=_product_facts(product),
            )
            for product in products
        )
    return producers


def _producers_of(entries: Iterable[ProducerEntry], *, at: datetime) -> list[Producer]:
    return [
        Producer(
            code=entry.code or producer_code(),
            organisation=entry.organisation,
            region=entry.region,
            register_no=entry.register_no,
            application_no=entry.application_no,
            oked=entry.oked,
            production_address=entry.production_address,
            localisation_level_percent=entry.localisation_level_percent,
            staff_kz_share=entry.staff_kz_share,
            applied_on=entry.applied_on or day_of(at),
            entered_on=entry.entered_on,
            checked_on=entry.entered_on,
            is_demonstration=entry.is_demonstration,
        )
        for entry in entries
    ]


def _columns(entry: ProductEntry, producer: Producer) -> dict[str, Any]:
    columns = asdict(entry)
    columns["code"] = entry.code or product_code()
    return {**columns, "producer": producer}


def _product_facts(product: Product) -> dict[str, Any]:
    return {
        "producer": product.producer.code,
        "ens_tru": product.ens_tru,
        "unit": product.unit,
        "capacity_per_year": product.capacity_per_year,
        "in_country_share": product.in_country_share,
        "price_kzt": product.price_kzt,
        "valid_from": product.valid_from,
        "valid_until": product.valid_until,
    }


def _entry_facts(producer: Producer) -> dict[str, Any]:
    return {"register_no": producer.register_no, "organisation": producer.organisation.code}
