"""What an applicant writes into the register, and which rules it must keep."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.errors import Text, Wrong
from qaita.producers.models import AGSK3, ENS_TRU, KPVED, TN_VED
from qaita.territory.models import Region


@dataclass(frozen=True)
class ProductEntry:
    """One product as its producer describes it; prices and shares are without VAT."""

    name_kk: str
    name_ru: str
    name_en: str
    ens_tru: str
    tn_ved: str
    kpved: str
    unit: str
    capacity_per_year: Decimal
    in_country_share: Decimal
    price_kzt: Decimal
    valid_from: date
    valid_until: date | None = None
    agsk3: str = ""
    service: str = ""
    category: str = ""
    price_low_kzt: Decimal | None = None
    price_high_kzt: Decimal | None = None
    description_kk: str = ""
    description_ru: str = ""
    description_en: str = ""
    code: str = ""


@dataclass(frozen=True)
class ProducerEntry:
    """One application to the register with its products (Order 327's columns)."""

    organisation: Organisation
    region: Region
    register_no: str
    applied_on: date
    entered_on: date | None = None
    application_no: str = ""
    oked: str = ""
    production_address: str = ""
    localisation_level_percent: Decimal = Decimal(0)
    staff_kz_share: Decimal = Decimal(1)
    products: tuple[ProductEntry, ...] = field(default=())
    code: str = ""
    is_demonstration: bool = False


_PATTERNS: dict[str, tuple[re.Pattern[str], Text]] = {
    "ens_tru": (
        re.compile(ENS_TRU, re.ASCII),
        _("An ENS TRU code has the form 000000.000.000000 (6, 3 and 6 digits)."),
    ),
    "tn_ved": (re.compile(TN_VED, re.ASCII), _("A TN VED code has 10 digits.")),
    "kpved": (re.compile(KPVED, re.ASCII), _("A KPVED code has the form 00.00.00.")),
    "agsk3": (
        re.compile(rf"(?:{AGSK3})|^$", re.ASCII),
        _("An AGSK-3 code has groups of three digits joined by hyphens."),
    ),
}


def faults_of_product(entry: ProductEntry) -> dict[str, list[Text]]:
    """Return every broken rule by column."""
    faults: dict[str, list[Text]] = {
        column: [text]
        for column, (pattern, text) in _PATTERNS.items()
        if not pattern.fullmatch(getattr(entry, column))
    }
    for column, broken, text in _rules(entry):
        if broken:
            faults.setdefault(column, []).append(text)
    return faults


def _rules(entry: ProductEntry) -> list[tuple[str, bool, Text]]:
    group = entry.kpved.replace(".", "")[:6]
    ends_early = entry.valid_until is not None and entry.valid_until <= entry.valid_from
    return [
        (
            "kpved",
            not entry.ens_tru.startswith(group),
            _("The KPVED code must be the group the ENS TRU code begins with."),
        ),
        (
            "in_country_share",
            not 0 <= entry.in_country_share <= 1,
            _("The in-country share lies between 0 and 100 %."),
        ),
        ("price_kzt", entry.price_kzt <= 0, _("The price must be above zero.")),
        (
            "capacity_per_year",
            entry.capacity_per_year < 0,
            _("The capacity cannot be below zero."),
        ),
        ("valid_until", ends_early, _("The last day must come after the first.")),
        (
            "name_kk",
            not (entry.name_kk and entry.name_ru),
            _("A product is named in Kazakh and in Russian."),
        ),
    ]


def require_products(entries: tuple[ProductEntry, ...]) -> None:
    """Raise Wrong with all faults, each under `number of the product.column`."""
    faults = {
        f"{number}.{column}": texts
        for number, entry in enumerate(entries, 1)
        for column, texts in faults_of_product(entry).items()
    }
    if faults:
        raise Wrong(faults)
