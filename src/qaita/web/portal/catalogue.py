"""The register of producers and the catalogue of their products."""

from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import day_of
from qaita.ledger.queries import timeline
from qaita.producers.models import Producer, Product
from qaita.producers.queries import (
    capacity_of_good,
    facet_counts,
    get_producer,
    get_product,
    price_band,
    products_of_one_maker,
    public_producers,
    public_products,
    register_figures,
    search_products,
)
from qaita.web.columns import region_choice, region_options, state_choice, state_column
from qaita.web.few import few
from qaita.web.formats import money_text, number_text, percent_text, trimmed
from qaita.web.labels import SERVICES
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.procurement.words import unit_of
from qaita.web.templatetags.qaita import named

SHARES = {"0.9": 90, "0.7": 70, "0.5": 50, "0.3": 30}
MAX_QUERY = 100
OTHERS = 20  # makers of the same good on its page, the cheapest first


class AtLeast(Choice):
    """A filter by a least share."""

    def narrow(self, rows: QuerySet[Product], value: str) -> QuerySet[Product]:
        """Keep products with at least this in-country share."""
        return rows.filter(in_country_share__gte=value) if value in SHARES else rows


class Makers(Choice):
    """A filter of goods by how many make them."""

    def narrow(self, rows: QuerySet[Product], value: str) -> QuerySet[Product]:
        """Keep goods (ENS TRU and unit) that one producer alone makes."""
        return rows.filter(pk__in=products_of_one_maker()) if value == "one" else rows


class Words(Text):
    """A filter by words in any of the three languages, by the index."""

    def narrow(self, rows: QuerySet[Product], value: str) -> QuerySet[Product]:
        """Keep what the index finds, in its order."""
        found = search_products(value[:MAX_QUERY]).rows
        return found if value.strip() else rows


def _product_url(row: Product) -> str:
    return reverse("portal:product", args=[row.code])


def _producer_url(row: Producer) -> str:
    return reverse("portal:producer", args=[row.code])


PRODUCER_LIST = Listing(
    "producers",
    columns=(
        Column("name", _("Producer"), lambda row: named(row.organisation), link=_producer_url),
        Column("register_no", _("Entry"), lambda row: row.register_no, sort="register_no"),
        Column("region", _("Region"), lambda row: named(row.region), sort="region__kato"),
        Column(
            "products", _("Products"), lambda row: row.products_count, sort="products_count",
            align="num",
        ),
        Column(
            "level", _("Localisation level, %"),
            lambda row: row.localisation_level_percent,
            show=lambda row: trimmed(row.localisation_level_percent, 1),
            sort="localisation_level_percent", align="num",
        ),
        state_column("producer", _("State"), sort=False),
    ),
    filters=(
        Text("q", _("Search"), (
            "organisation__name_kk", "organisation__name_ru", "organisation__name_en",
            "organisation__bin", "register_no",
        )),
        region_choice(_("Region"), "region__kato"),
        state_choice("producer", _("State")),
    ),
    order="register_no",
)  # fmt: skip

CATALOGUE = Listing(
    "catalogue",
    columns=(
        Column("name", _("Product"), lambda row: named(row), link=_product_url),
        Column("producer", _("Producer"), lambda row: named(row.producer.organisation)),
        Column("region", _("Region"), lambda row: named(row.producer.region)),
        Column("ens_tru", _("ENS TRU"), lambda row: row.ens_tru, sort="ens_tru"),
        Column(
            "share", _("In-country share"), lambda row: row.in_country_share,
            show=lambda row: percent_text(row.in_country_share), sort="in_country_share",
            align="num",
        ),
        Column(
            "capacity", _("Capacity a year"), lambda row: row.capacity_per_year,
            show=lambda row: f"{number_text(row.capacity_per_year)} {unit_of(row.unit)}",
            sort="capacity_per_year", align="num",
        ),
        Column(
            "price", _("Price without VAT"), lambda row: row.price_kzt,
            show=lambda row: money_text(row.price_kzt), sort="price_kzt", align="num",
        ),
    ),
    filters=(
        Words("q", _("Product, code or producer"), ()),
        Choice("service", _("Service"), tuple(SERVICES.items())),
        region_choice(_("Region"), "producer__region__kato"),
        AtLeast("share", _("In-country share from"), tuple(
            (key, f"{percent} %") for key, percent in SHARES.items()
        )),
        Text("producer", _("Producer"), (
            "producer__code", "producer__organisation__name_kk",
            "producer__organisation__name_ru", "producer__organisation__name_en",
        )),
        Makers("makers", _("Makers"), (("one", _("One maker only")),)),
    ),
    empty=_("No product fits. Try other words or fewer filters."),
)  # fmt: skip


def producers(request: Request) -> HttpResponseBase:
    """List the register."""
    context = {"figures": register_figures()}
    return show_listing(
        request, PRODUCER_LIST, public_producers(), "portal/producers.html", context
    )


def products_listing(to_product: Callable[[Product], str], *more: Column) -> Listing:
    """Return the list of one producer's products; pages may add columns of their own."""
    name, _producer, _region, *figures = CATALOGUE.columns
    named_column = replace(name, link=to_product, sort="name_ru")
    words = Text("q", _("Search"), ("name_kk", "name_ru", "name_en", "ens_tru", "agsk3", "code"))
    _words, service, _place, share, *_others = CATALOGUE.filters
    return Listing(
        "products",
        columns=(named_column, *figures, *more),
        filters=(words, service, share),
        order="name_ru",
        empty=_("No product fits. Try other words or fewer filters."),
    )


PRODUCTS = products_listing(_product_url)


def producer(request: Request, code: str) -> HttpResponseBase:
    """Show one entry with its products."""
    found = get_producer(code)
    products = found.products.all()
    context = {
        "producer": found,
        "worth_kzt": products.aggregate(total=Sum("price_kzt"))["total"],
        "timeline": timeline(code),
    }
    return show_listing(request, PRODUCTS, products, "portal/producer.html", context)


def catalogue(request: Request) -> HttpResponseBase:
    """Search the catalogue."""
    words = request.GET.get("q", "")[:MAX_QUERY]
    found = search_products(words)
    counts = facet_counts(found.rows)
    context = {
        "figures": register_figures(),
        "by_index": found.by_index,
        "words": words,
        "facets": _facets(counts),
    }
    return show_listing(request, CATALOGUE, public_products(), "portal/catalogue.html", context)


def _facets(counts: dict[str, dict[str, int]]) -> list[tuple[str, str, object, int]]:
    """Return what the words found by service and region: key, value, words, count."""
    services = [
        ("service", key, words, counts["service"][key])
        for key, words in SERVICES.items()
        if key in counts["service"]
    ]
    places = [
        ("region", key, words, counts["region"][key])
        for key, words in region_options()
        if key in counts["region"]
    ]
    return [*services, *sorted(places, key=lambda facet: -facet[3])[:6]]


def product(request: Request, code: str) -> HttpResponse:
    """Show one product: codes, share, price band, capacity, others who make it."""
    found = get_product(code)
    others = public_products().filter(ens_tru=found.ens_tru, unit=found.unit)
    context = {
        "product": found,
        "is_valid": Product.objects.valid_on(day_of(request.at)).filter(pk=found.pk).exists(),
        "band": price_band(found),
        "capacity": capacity_of_good(found),
        "others": few(others.exclude(pk=found.pk).order_by("price_kzt"), OTHERS),
        "same_url": f"{reverse('portal:catalogue')}?q={found.ens_tru}",
        "timeline": timeline(code),
    }
    return render(request, "portal/product.html", context)


urlpatterns: list[URLPattern] = [
    path("producers/", producers, name="producers"),
    path("producers/<str:code>/", producer, name="producer"),
    path("catalogue/", catalogue, name="catalogue"),
    path("catalogue/<str:code>/", product, name="product"),
]
