"""Questions to the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import quantiles

from django.db.models import Case, Count, F, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import StrIndex

from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.producers.in_country_value import Good, InCountryValue, WorkContract, value_of_works
from qaita.producers.models import Producer, Product
from qaita.producers.search import ranked_codes

__all__ = [
    "IN_REGISTER",
    "Found",
    "Good",
    "InCountryValue",
    "PriceBand",
    "RegisterFigures",
    "WorkContract",
    "capacity_of_good",
    "extract_of",
    "facet_counts",
    "get_producer",
    "get_product",
    "price_band",
    "producers_of",
    "products_fitting",
    "products_of_one_maker",
    "public_producers",
    "public_products",
    "register_figures",
    "search_products",
    "value_of_works",
]

IN_REGISTER = ("entered", "suspended")


def get_producer(code: str) -> Producer:
    """Return exactly one producer, or raise Missing."""
    try:
        return Producer.objects.select_related("organisation", "region").get(
            code=code.replace("\0", "")
        )
    except Producer.DoesNotExist:
        raise Missing("producer", code) from None


def get_product(code: str) -> Product:
    """Return exactly one product, or raise Missing."""
    rows = Product.objects.select_related("producer__organisation", "producer__region")
    try:
        return rows.get(code=code.replace("\0", ""))
    except Product.DoesNotExist:
        raise Missing("product", code) from None


def extract_of(organisation_code: str, ens_tru: str, *, on: date) -> Product | None:
    """Return the register extract that lets the organisation claim the preference.

    The first six digits of the purchase's ENS TRU must match the KPVED group of the entry.
    """
    rows = Product.objects.valid_on(on).filter(
        producer__organisation__code=organisation_code, ens_tru__startswith=ens_tru[:6]
    )
    return rows.order_by("-in_country_share", "code").first()


def products_fitting(ens_tru: str, service: str, *, on: date) -> QuerySet[Product]:
    """Return products in force that fit a purchase: its kind of goods first, then its service."""
    rows = Product.objects.valid_on(on)
    fits = Case(When(ens_tru__startswith=ens_tru[:6], then=0), default=1)
    found = rows.filter(Q(ens_tru__startswith=ens_tru[:6]) | Q(service=service))
    return found.order_by(fits, "-in_country_share", "code")


def public_producers() -> QuerySet[Producer]:
    """Return the register as the public reads it: entries that were made, with their products."""
    rows = Producer.objects.exclude(state__in=("applied", "declined"))
    return rows.select_related("organisation", "region").annotate(products_count=Count("products"))


def producers_of(actor: Actor) -> QuerySet[Producer]:
    """Return the entries of the actor's own organisations."""
    codes = actor.organisations("producer") - {ANYONE}
    return Producer.objects.filter(organisation__code__in=codes).select_related(
        "organisation", "region"
    )


def public_products() -> QuerySet[Product]:
    """Return the catalogue: products of producers whose entry is or was in force."""
    return Product.objects.filter(producer__state__in=IN_REGISTER).select_related(
        "producer__organisation", "producer__region"
    )


@dataclass(frozen=True)
class Found:
    """What a search found, and whether the index or the plain table answered."""

    rows: QuerySet[Product]
    by_index: bool


def search_products(text: str) -> Found:
    """Return products by words in Kazakh, Russian or English, the best first.

    Stems, mistyped letters and Kazakh words typed without Kazakh letters are understood.
    When the index cannot be used, words are looked up in the table as they stand.
    """
    rows = public_products()
    if not text.strip():
        return Found(rows, by_index=True)
    codes = ranked_codes(text)
    if codes is None:
        for word in text.split():
            rows = rows.filter(_anywhere(word))
        return Found(rows, by_index=False)
    return Found(_in_order(rows, codes), by_index=True)


def _anywhere(word: str) -> Q:
    found = Q()
    for name in ("name_kk", "name_ru", "name_en", "ens_tru", "tn_ved", "kpved", "agsk3"):
        found |= Q(**{f"{name}__icontains": word})
    return found


def _in_order(rows: QuerySet[Product], codes: Sequence[str]) -> QuerySet[Product]:
    """Order the rows as the codes stand: by each code's place in all of them, joined."""
    joined = Value(" ".join(codes), output_field=TextField())
    return rows.filter(code__in=codes).order_by(StrIndex(joined, F("code")))


@dataclass(frozen=True)
class PriceBand:
    """Where the prices of one good lie among its producers, without VAT."""

    low_kzt: Decimal
    middle_kzt: Decimal
    high_kzt: Decimal
    products: int
    producers: int


def price_band(product: Product) -> PriceBand:
    """Return the quartiles of prices of the same good (ENS TRU and unit) in the register."""
    rows = public_products().filter(ens_tru=product.ens_tru, unit=product.unit)
    values = list(rows.values_list("price_kzt", "producer_id"))
    prices = sorted(float(price) for price, _producer in values) or [float(product.price_kzt)]
    low, middle, high = (
        quantiles(prices, n=4, method="inclusive") if len(prices) > 1 else (prices * 3)
    )
    return PriceBand(
        low_kzt=Decimal(round(low)),
        middle_kzt=Decimal(round(middle)),
        high_kzt=Decimal(round(high)),
        products=len(values),
        producers=len({producer for _price, producer in values}),
    )


def capacity_of_good(product: Product) -> Decimal:
    """Return what all producers of the same good can make in a year."""
    rows = public_products().filter(ens_tru=product.ens_tru, unit=product.unit)
    return rows.aggregate(total=Sum("capacity_per_year"))["total"] or Decimal(0)


@dataclass(frozen=True)
class RegisterFigures:
    """How large the register is."""

    producers: int
    products: int
    goods: int
    single_source: int


def _makers_of_goods() -> dict[tuple[str, str], int]:
    """Return how many producers make each good: ENS TRU and unit."""
    goods = (
        public_products()
        .order_by()
        .values_list("ens_tru", "unit")
        .annotate(makers=Count("producer", distinct=True))
    )
    return {(ens_tru, unit): makers for ens_tru, unit, makers in goods}


def products_of_one_maker() -> list[int]:
    """Return the keys of products whose good only one producer makes."""
    makers = _makers_of_goods()
    rows = public_products().order_by().values_list("pk", "ens_tru", "unit")
    return [key for key, ens_tru, unit in rows if makers[ens_tru, unit] == 1]


def register_figures() -> RegisterFigures:
    """Return the register's size, and how many goods only one producer makes."""
    makers = list(_makers_of_goods().values())
    return RegisterFigures(
        producers=Producer.objects.filter(state="entered").count(),
        products=public_products().count(),
        goods=len(makers),
        single_source=makers.count(1),
    )


def facet_counts(rows: QuerySet[Product]) -> dict[str, dict[str, int]]:
    """Return how many of the products each region and service has, for the filters."""
    pairs = {"region": "producer__region__kato", "service": "service"}
    return {
        name: {
            str(row[path]): row["n"]
            for row in rows.order_by().values(path).annotate(n=Count("id"))
            if row[path]
        }
        for name, path in pairs.items()
    }
