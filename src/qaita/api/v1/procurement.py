"""Tenders and contracts for machines. A bidder's name is told after the closing only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qaita.kernel.errors import Missing
from qaita.procurement.models import Bid, Contract, Lot, OfferedProduct, Tender
from qaita.procurement.queries import (
    bid_statistics,
    get_contract,
    get_tender,
    public_contracts,
    public_tenders,
    ranked_bids,
    standing_award,
)

router = Router(tags=["procurement"])
PAGE = 200
UNNAMED = ("open", "cancelled")


class TenderOut(Schema):
    """A tender in short."""

    code: str
    state: str
    project: str
    buyer: str
    title_kk: str
    title_ru: str
    title_en: str
    law_on: date
    announced_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    awarded_at: datetime | None
    threshold: int
    committee_digest: str


class Statistics(Schema):
    """How many bids, and their prices once they are open."""

    received: int
    admitted: int
    rejected: int
    opened: int
    invalid: int
    lowest_kzt: Decimal | None
    highest_kzt: Decimal | None


class OfferedOut(Schema):
    """A product a bid offers; `product` is its code in the catalogue, when it stands there."""

    number: int
    product: str | None
    name: str
    origin: str
    quantity: Decimal
    unit: str
    in_country_share: Decimal | None


class BidOut(Schema):
    """A bid: until the closing only its hash and hour."""

    code: str
    state: str
    received_at: datetime
    envelope_sha256: str
    supplier: str | None
    price_kzt: Decimal | None
    conditional_kzt: Decimal | None
    preferences: list[dict[str, Any]]
    rank: int | None
    rank_without_preferences: int | None
    products: list[OfferedOut]


class LotOut(Schema):
    """A lot with its bids and its award."""

    code: str
    number: int
    title_kk: str
    title_ru: str
    title_en: str
    category: str
    ens_tru: str
    quantity: Decimal
    unit: str
    estimate_kzt: Decimal
    statistics: Statistics
    bids: list[BidOut]
    awarded_bid: str | None


class TenderWhole(TenderOut):
    """A tender with its lots."""

    lots: list[LotOut]


class ContractOut(Schema):
    """A contract."""

    code: str
    state: str
    tender: str
    lot: str
    project: str
    buyer: str
    supplier: str
    sum_kzt: Decimal
    original_sum_kzt: Decimal
    quantity: Decimal
    unit: str
    signed_at: datetime | None
    starts_on: date
    ends_on: date


class Tenders(Schema):
    """A page of tenders."""

    items: list[TenderOut]
    count: int


class Contracts(Schema):
    """A page of contracts."""

    items: list[ContractOut]
    count: int


def _plain(row: Any, schema: type[Schema], **others: Any) -> dict[str, Any]:
    names = [name for name in schema.model_fields if name not in others]
    return {**{name: getattr(row, name) for name in names}, **others}


def _tender(row: Tender) -> dict[str, Any]:
    return _plain(row, TenderOut, project=row.project.code, buyer=row.buyer.code)


def _bid(row: Bid, *, named: bool) -> dict[str, Any]:
    return _plain(
        row,
        BidOut,
        supplier=row.supplier.code if named else None,
        products=[_offered(one) for one in row.products.all()],
    )


def _offered(row: OfferedProduct) -> dict[str, Any]:
    product = row.product
    name = product.name_en if product else row.name
    return _plain(row, OfferedOut, product=product.code if product else None, name=name)


def _lot(row: Lot, *, named: bool) -> dict[str, Any]:
    award = standing_award(row)
    return _plain(
        row,
        LotOut,
        statistics=bid_statistics(row),
        bids=[_bid(bid, named=named) for bid in ranked_bids(row)],
        awarded_bid=award.bid.code if award else None,
    )


def _contract(row: Contract) -> dict[str, Any]:
    others = {
        name: getattr(row, name).code for name in ("tender", "lot", "project", "buyer", "supplier")
    }
    return _plain(row, ContractOut, **others)


@router.get("/tenders", response=Tenders, summary="Announced tenders")
def tenders(
    request: HttpRequest,
    state: str = Query("", max_length=16),
    offset: int = Query(0, ge=0, le=10**6),
    limit: int = Query(50, ge=1, le=PAGE),
) -> dict[str, Any]:
    """Return tenders, the newest first."""
    rows = public_tenders()
    rows = rows.filter(state=state.replace("\0", "")) if state else rows
    page = rows.order_by("-announced_at", "code")[offset : offset + limit]
    return {"items": [_tender(row) for row in page], "count": rows.count()}


@router.get("/tenders/{code}", response=TenderWhole, summary="One tender with lots and bids")
def tender(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the tender."""
    found = get_tender(code)
    if found.state == "draft":
        raise Missing("tender", code)
    named = found.state not in UNNAMED
    return {**_tender(found), "lots": [_lot(lot, named=named) for lot in found.lots.all()]}


@router.get("/contracts", response=Contracts, summary="Contracts")
def contracts(
    request: HttpRequest,
    state: str = Query("", max_length=16),
    offset: int = Query(0, ge=0, le=10**6),
    limit: int = Query(50, ge=1, le=PAGE),
) -> dict[str, Any]:
    """Return contracts, the newest first."""
    rows = public_contracts()
    rows = rows.filter(state=state.replace("\0", "")) if state else rows
    page = rows.order_by("-drafted_at", "code")[offset : offset + limit]
    return {"items": [_contract(row) for row in page], "count": rows.count()}


@router.get("/contracts/{code}", response=ContractOut, summary="One contract")
def contract(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the contract."""
    found = get_contract(code)
    if found.state == "draft":
        raise Missing("contract", code)
    return _contract(found)
