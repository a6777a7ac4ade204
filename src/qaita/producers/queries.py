"""Questions to the register."""

from datetime import date

from qaita.kernel.errors import Missing
from qaita.producers.models import Producer, Product


def get_producer(code: str) -> Producer:
    """Return exactly one producer, or raise Missing."""
    try:
        return Producer.objects.select_related("organisation", "region").get(code=code)
    except Producer.DoesNotExist:
        raise Missing("producer", code) from None


def get_product(code: str) -> Product:
    """Return exactly one product, or raise Missing."""
    rows = Product.objects.select_related("producer__organisation", "producer__region")
    try:
        return rows.get(code=code)
    except Product.DoesNotExist:
        raise Missing("product", code) from None


def producer_of(organisation_code: str) -> Producer | None:
    """Return the organisation's own entry, if it has one."""
    return Producer.objects.filter(organisation__code=organisation_code).first()


def extract_of(organisation_code: str, ens_tru: str, *, on: date) -> Product | None:
    """Return the register extract that lets the organisation claim the preference.

    The first six digits of the purchase's ENS TRU must match the KPVED group of the entry.
    """
    rows = Product.objects.valid_on(on).filter(
        producer__organisation__code=organisation_code, ens_tru__startswith=ens_tru[:6]
    )
    return rows.order_by("-in_country_share", "code").first()
