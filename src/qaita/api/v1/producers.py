"""The register and the catalogue for machines."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qaita.producers.models import Producer, Product
from qaita.producers.queries import (
    get_producer,
    get_product,
    price_band,
    public_producers,
    search_products,
)

router = Router(tags=["producers"])
PAGE = 200


class ProducerOut(Schema):
    """One entry of the register."""

    code: str
    state: str
    register_no: str
    bin: str
    name_kk: str
    name_ru: str
    name_en: str
    region: str
    localisation_level_percent: Decimal
    entered_on: date | None
    products: int


class ProductOut(Schema):
    """One product; price and share are without VAT."""

    code: str
    producer: str
    name_kk: str
    name_ru: str
    name_en: str
    service: str
    ens_tru: str
    tn_ved: str
    kpved: str
    agsk3: str
    unit: str
    capacity_per_year: Decimal
    in_country_share: Decimal
    price_kzt: Decimal
    valid_from: date
    valid_until: date | None


class Band(Schema):
    """Quartiles of the prices of the same good."""

    low_kzt: Decimal
    middle_kzt: Decimal
    high_kzt: Decimal
    products: int
    producers: int


class ProductWhole(ProductOut):
    """A product with the price band of its good."""

    price_band: Band


class Producers(Schema):
    """A page of the register."""

    items: list[ProducerOut]
    count: int


class Products(Schema):
    """A page of the catalogue."""

    items: list[ProductOut]
    count: int


def _producer(row: Producer) -> dict[str, Any]:
    organisation = row.organisation
    return {
        **{name: getattr(row, name) for name in ("code", "state", "register_no", "entered_on")},
        **{f"name_{code}": getattr(organisation, f"name_{code}") for code in ("kk", "ru", "en")},
        "bin": organisation.bin,
        "region": row.region.kato,
        "localisation_level_percent": row.localisation_level_percent,
        "products": getattr(row, "products_count", None) or row.products.count(),
    }


def _product(row: Product) -> dict[str, Any]:
    names = [name for name in ProductOut.model_fields if name != "producer"]
    return {**{name: getattr(row, name) for name in names}, "producer": row.producer.code}


@router.get("/producers", response=Producers, summary="The register of producers")
def producers(
    request: HttpRequest,
    region: str = Query("", max_length=2, description="KATO of the region, two digits"),
    offset: int = Query(0, ge=0, le=10**6),
    limit: int = Query(50, ge=1, le=PAGE),
) -> dict[str, Any]:
    """Return entries in the order of their codes."""
    rows = public_producers()
    rows = rows.filter(region__kato=region) if region else rows
    page = [_producer(row) for row in rows.order_by("code")[offset : offset + limit]]
    return {"items": page, "count": rows.count()}


@router.get("/producers/{code}", response=ProducerOut, summary="One entry of the register")
def producer(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the entry."""
    return _producer(get_producer(code))


@router.get("/products", response=Products, summary="Search the catalogue")
def products(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="words in Kazakh, Russian or English"),
    region: str = Query("", max_length=2, description="KATO of the region, two digits"),
    offset: int = Query(0, ge=0, le=10**6),
    limit: int = Query(50, ge=1, le=PAGE),
) -> dict[str, Any]:
    """Return products, the best fitting first when words are given."""
    rows = search_products(q.replace("\0", "")).rows
    rows = rows.filter(producer__region__kato=region) if region else rows
    page = [_product(row) for row in rows[offset : offset + limit]]
    return {"items": page, "count": rows.count()}


@router.get("/products/{code}", response=ProductWhole, summary="One product")
def product(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the product with its price band."""
    found = get_product(code)
    return {**_product(found), "price_band": price_band(found)}
