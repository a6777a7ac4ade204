"""Producers and products of the demonstration: kinds of goods × sizes, 2,786 positions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from pathlib import Path

import numpy as np
import yaml

from qaita.accounts.models import Organisation
from qaita.accounts.services import NewOrganisation, make_demo_bin, register_organisations
from qaita.kernel.actor import SYSTEM, Actor
from qaita.kernel.ids import derived_code
from qaita.producers.services import ProducerEntry, ProductEntry, register_producers_many
from qaita.territory.models import Region

PRODUCERS, PRODUCTS = 220, 2_786

CYRILLIC_UNITS = (("mm²", "мм²"), ("kVA", "кВА"), ("kW", "кВт"))  # in Kazakh and Russian


@dataclass(frozen=True)
class Ware:
    """A kind of goods in three languages, its codes, and its sizes."""

    kk: str
    ru: str
    en: str
    kpved: str
    tn_ved: str
    unit: str
    service: str
    sizes: tuple[int, ...]
    mark: str  # how a size is written
    price_kzt: float  # of the middle size


def read_wares() -> tuple[Ware, ...]:
    """Return the kinds of goods written in `wares.yaml`."""
    rows = yaml.safe_load((Path(__file__).parent / "wares.yaml").read_text())
    return tuple(Ware(**{**row, "sizes": tuple(row["sizes"])}) for row in rows)


WARES = read_wares()


def register_wares(regions: Sequence[Region], seed: int, *, office: Actor, at: datetime) -> int:
    """Enter 220 producers with 2,786 products; return how many products there are."""
    rng = np.random.default_rng(seed)
    owners = _organisations(regions, at)
    positions = list(_positions())
    shares = rng.dirichlet(np.full(PRODUCERS, 2.0)) * (PRODUCTS - PRODUCERS)
    counts = np.ones(PRODUCERS, int) + shares.astype(int)
    counts[: PRODUCTS - counts.sum()] += 1
    on = date(2026, 1, 1)
    entries, taken = [], 0
    for number, (owner, count) in enumerate(zip(owners, counts, strict=True)):
        mine = [positions[(taken + step) % len(positions)] for step in range(count)]
        taken += int(count)
        products = tuple(
            _product(ware, size, rng, on, derived_code("PD", "demo", number, step))
            for step, (ware, size) in enumerate(mine)
        )
        entries.append(
            _entry((owner, regions[(number + 1) % len(regions)]), number, products, rng, on)
        )
    register_producers_many(entries, by=office, at=at)
    return int(counts.sum())


def _positions() -> Iterator[tuple[Ware, int]]:
    """Yield kinds and sizes ordered so that a producer makes sizes of the same kind."""
    for ware in WARES:
        for size in ware.sizes:
            yield ware, size


def _organisations(regions: Sequence[Region], at: datetime) -> list[Organisation]:
    cast = list(Organisation.objects.filter(kind="producer").order_by("pk")[:1])
    return cast + register_organisations(
        [
            NewOrganisation(
                bin=make_demo_bin(f"producer {number}"),
                kind="producer",
                name_kk=f"Демо өндіруші № {number}",
                name_ru=f"Демо производитель № {number}",
                name_en=f"Demo Producer No. {number}",
                region=regions[number % len(regions)],
                is_demonstration=True,
                code=derived_code("OR", "demo", "producer", number),
            )
            for number in range(1 + len(cast), PRODUCERS + 1)
        ],
        by=SYSTEM,
        at=at,
    )


def _entry(
    owner: tuple[Organisation, Region],
    number: int,
    products: tuple[ProductEntry, ...],
    rng: np.random.Generator,
    on: date,
) -> ProducerEntry:
    organisation, region = owner
    return ProducerEntry(
        organisation,
        region,
        register_no=f"DEMO-{number + 1:04d}",
        applied_on=date(2025, 10, 1 + number % 28),
        entered_on=on,
        application_no=f"DEMO-A-{number + 1:05d}",
        oked=products[0].kpved[:5],
        production_address=f"Индустриальная зона, участок {number + 1}",
        localisation_level_percent=Decimal(int(rng.integers(30, 95))),
        staff_kz_share=Decimal(int(rng.integers(85, 101))) / 100,
        products=products,
        code=derived_code("PR", "demo", number),
        is_demonstration=True,
    )


def _product(ware: Ware, size: int, rng: np.random.Generator, on: date, code: str) -> ProductEntry:
    middle = ware.sizes[len(ware.sizes) // 2]
    price = Decimal(int(ware.price_kzt * (size / middle) ** 0.9 * rng.uniform(0.86, 1.16)))
    mark = ware.mark.format(size)
    written = reduce(lambda text, unit: text.replace(*unit), CYRILLIC_UNITS, mark)
    group = ware.kpved.replace(".", "")
    index = WARES.index(ware)
    return ProductEntry(
        f"{ware.kk} {written}",
        f"{ware.ru} {written}",
        f"{ware.en} {mark}",
        ens_tru=f"{group}.{100 + index:03d}.{size:06d}",
        tn_ved=ware.tn_ved,
        kpved=ware.kpved,
        unit=ware.unit,
        capacity_per_year=Decimal(int(3e8 / float(price) * rng.uniform(0.3, 3)) + 1),
        in_country_share=Decimal(int(rng.integers(28, 97))) / 100,
        price_kzt=price,
        price_low_kzt=price * Decimal("0.9"),
        price_high_kzt=price * Decimal("1.12"),
        valid_from=on,
        valid_until=date(2028, 12, 31),
        service=ware.service,
        category=ware.en,
        code=code,
    )
