"""The pieces OCDS and OC4IDS share: money, organisations, documents, classifications."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import override

from qaita.accounts.models import Organisation
from qaita.kernel.clock import KAZAKHSTAN, instant_text

Json = dict[str, Any]
# Assumed until the Open Contracting Partnership registers one: six characters after "ocds-".
OCID_PREFIX = "ocds-qaita0"
PROJECT_PREFIX = "oc4ids-qaita0"
# The list code of business identification numbers is assumed as well.
BIN_SCHEME = "KZ-BIN"
ENS_TRU_SCHEME = "KZ-ENSTRU"
AGSK3_SCHEME = "KZ-AGSK3"
PRODUCT_SCHEME = "KZ-QAITA"  # codes of the catalogue of Kazakh producers, as published here
LANGUAGE = "en"
UNECE = {"m": "MTR", "km": "KMT", "pcs": "H87", "t": "TNE", "kg": "KGM", "m2": "MTK", "m3": "MTQ"}


@dataclass(frozen=True)
class Place:
    """Where the site is reached: addresses of pages are made from it."""

    address: str

    def page(self, kind: str, code: str) -> str:
        """Return the address of a thing's public page."""
        return f"{self.address}/{LANGUAGE}/{kind}/{code}/"


def filled(**fields: Any) -> Json:
    """Return the fields that say something: empty ones are left out entirely."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}


def money(amount: Decimal | float) -> Json:
    """Return an amount in tenge."""
    return {"amount": round(float(amount), 2), "currency": "KZT"}


def moment(at: datetime | date | None) -> str | None:
    """Return an instant as RFC 3339; a day begins at midnight in Kazakhstan."""
    if at is None:
        return None
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(), tzinfo=KAZAKHSTAN)
    return instant_text(at)


def period(starts: datetime | date | None, ends: datetime | date | None) -> Json:
    """Return a period."""
    return filled(startDate=moment(starts), endDate=moment(ends))


def party_id(organisation: Organisation) -> str:
    """Return the id of an organisation in every release."""
    return f"{BIN_SCHEME}-{organisation.bin}"


def reference(organisation: Organisation) -> Json:
    """Return a reference to a party."""
    return {"id": party_id(organisation), "name": organisation.name_en}


def party(organisation: Organisation, roles: Iterable[str]) -> Json:
    """Return an organisation as a party."""
    region = organisation.region
    return filled(
        id=party_id(organisation),
        name=organisation.name_en,
        identifier={
            "scheme": BIN_SCHEME,
            "id": organisation.bin,
            "legalName": organisation.name_kk or organisation.name_en,
        },
        address=filled(
            streetAddress=organisation.address,
            region=region.name_en if region else "",
            countryName="Kazakhstan",
        ),
        roles=sorted(set(roles)),
    )


def document(key: str, kind: str, title: str, url: str, at: datetime | date | None = None) -> Json:
    """Return a document: a page of ours that states the thing."""
    return filled(
        id=key,
        documentType=kind,
        title=title,
        url=url,
        datePublished=moment(at),
        format="text/html",
        language=LANGUAGE,
    )


def unit_of(name: str) -> Json:
    """Return a unit, with its international code when there is one."""
    code = UNECE.get(name)
    return {"name": name, "scheme": "UNCEFACT", "id": code} if code else {"name": name}


def in_english() -> override:
    """Return a context in which lazy words come out in the language of the releases."""
    return override(LANGUAGE)
