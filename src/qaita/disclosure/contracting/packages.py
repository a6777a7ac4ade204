"""Packages: what is downloaded, with who publishes it and under which licence."""

from datetime import datetime

from qaita.disclosure.contracting.parts import Json, Place, filled, in_english, moment
from qaita.disclosure.contracting.projects import projects
from qaita.ledger.models import Entry

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PER_PACKAGE = 1000
PUBLISHER = "Qaita"


def ocds_package_count(count: int) -> int:
    """Return how many packages so many releases make."""
    return max(1, -(-count // PER_PACKAGE))


def ocds_package(place: Place, releases: list[Json], number: int | None = None) -> Json:
    """Return one package: the newest, or the numbered one. A full package never changes.

    Its `uri` holds its number: the packages before it are those with the smaller ones. The standard
    knows no field that leads to them, and its own validator takes one for additional.
    """
    number = number or ocds_package_count(len(releases))
    chosen = releases[(number - 1) * PER_PACKAGE : number * PER_PACKAGE]
    return filled(
        uri=f"{place.address}/data/ocds/package/{number}.json",
        version="1.1",
        publishedDate=chosen[-1]["date"] if chosen else moment(_began_at()),
        publisher={"name": PUBLISHER, "uri": place.address},
        license=LICENCE,
        publicationPolicy=f"{place.address}/en/data-sets/",
    ) | {"releases": chosen}


def oc4ids_package(place: Place, releases: list[Json]) -> Json:
    """Return all public projects."""
    with in_english():
        found = list(projects(place, releases))
    told = [project["updated"] for project in found]
    return {
        "uri": f"{place.address}/data/oc4ids/package.json",
        "version": "0.9",
        "publishedDate": max(told, default=moment(_began_at())),
        "publisher": {"name": PUBLISHER, "uri": place.address},
        "license": LICENCE,
        "publicationPolicy": f"{place.address}/en/data-sets/",
        "projects": found,
    }


def _began_at() -> datetime | None:
    """Return when the ledger began: what holds nothing yet is as old as that."""
    return Entry.objects.order_by("pk").values_list("at", flat=True).first()
