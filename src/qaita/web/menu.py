"""The portal's menu: every public page, grouped by what a reader wants to do."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One link of the menu."""

    name: str
    title: str | Promise

    @property
    def url(self) -> str:
        """The address, or nothing while the page is not built."""
        return _address(self.name, get_language())


@cache
def _address(name: str, _language: str | None) -> str:
    try:
        return reverse(f"portal:{name}")
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Group:
    """Links under one heading."""

    title: str | Promise
    items: tuple[Item, ...]

    def open_items(self) -> list[Item]:
        """Return the items that lead somewhere."""
        return [item for item in self.items if item.url]


PROGRAMME = Item("programme", _("Programme"))
MAP = Item("map", _("Map"))
PROJECTS = Item("projects", _("Projects"))
TENDERS = Item("tenders", _("Tenders"))
PRODUCERS = Item("producers", _("Producers"))
OUTAGES = Item("outages", _("Outages"))
ADDRESS = Item("address", _("My address"))
DATA = Item("data", _("Open data"))

GROUPS = (
    Group(
        _("At my place"),
        (ADDRESS, OUTAGES, Item("appeal_new", _("Report a problem")), MAP),
    ),
    Group(
        _("The programme"),
        (
            PROGRAMME,
            Item("country_plan", _("The country's plan")),
            Item("regions", _("Regions")),
            Item("utilities", _("Utilities")),
            PROJECTS,
            Item("acts", _("Acts of acceptance")),
            Item("effects", _("Effect of works")),
        ),
    ),
    Group(
        _("Purchases and producers"),
        (
            TENDERS,
            Item("contracts", _("Contracts")),
            PRODUCERS,
            Item("catalogue", _("Catalogue of products")),
        ),
    ),
    Group(
        _("Check it yourself"),
        (
            DATA,
            Item("ledger", _("Public ledger")),
            Item("law", _("Rules and their sources")),
            Item("about", _("How Qaita works")),
        ),
    ),
)
MAIN = (PROGRAMME, MAP, PROJECTS, TENDERS, PRODUCERS, OUTAGES)


def main_items() -> list[Item]:
    """Return the few links of the header that lead somewhere."""
    return [item for item in MAIN if item.url]


def groups() -> list[Group]:
    """Return the groups of the whole menu that hold a link."""
    return [group for group in GROUPS if group.open_items()]
