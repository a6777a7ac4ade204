"""What people of a utility keep: their networks, imports, failures and inspections."""

from typing import Any

from django.db.models import Q, QuerySet

from qaita.kernel.actor import ANYONE, Actor
from qaita.networks.importing.remarks import REMARKS
from qaita.networks.importing.rules import TEXTS
from qaita.networks.models import (
    Failure,
    Import,
    Inspection,
    Lineage,
    Network,
    Section,
    UtilityService,
)
from qaita.territory.models import Settlement


def identity_of(section: Section) -> list[int]:
    """Return the keys of the section and of those it was split from or merged of."""
    seen = {section.pk}
    front = {section.pk}
    while front:
        rows = Lineage.objects.filter(child__in=front).exclude(kind="replace")
        front = set(rows.values_list("parent", flat=True)) - seen
        seen |= front
    return sorted(seen)


def failures_of(section: Section) -> QuerySet[Failure]:
    """Return the failures of this pipe, also from before it was split or merged."""
    return Failure.objects.filter(section__in=identity_of(section))


def inspections_of(section: Section) -> QuerySet[Inspection]:
    """Return the inspections of this pipe, also from before it was split or merged."""
    return Inspection.objects.filter(section__in=identity_of(section))


KEEPERS = ("utility_engineer", "utility_head", "dispatcher")


def _own(actor: Actor, path: str) -> Q:
    """Return the condition that a thing belongs to an organisation and region of the actor's."""
    owned = Q(pk__in=[])
    for grant in actor.grants:
        if grant.role in KEEPERS:
            part = Q()
            if grant.organisation != ANYONE:
                part &= Q(**{f"{path}organisation__code": grant.organisation})
            if grant.region != ANYONE:
                part &= Q(**{f"{path}region__kato": grant.region})
            owned |= part or Q(pk__isnull=False)
    return owned


def utility_services_for(actor: Actor) -> QuerySet[UtilityService]:
    """Return the services of the actor's utilities."""
    return UtilityService.objects.filter(_own(actor, "")).select_related("organisation", "region")


def networks_for(actor: Actor) -> QuerySet[Network]:
    """Return the networks of the actor's utilities."""
    rows = Network.objects.filter(_own(actor, "utility_service__"))
    return rows.select_related("utility_service__organisation", "region")


def sections_for(actor: Actor) -> QuerySet[Section]:
    """Return the sections of the actor's utilities, gone ones included."""
    rows = Section.objects.filter(_own(actor, "network__utility_service__"))
    return rows.select_related(
        "network__utility_service__organisation", "network__region", "from_node", "to_node"
    )


def imports_for(actor: Actor) -> QuerySet[Import]:
    """Return the imports of the actor's utilities, newest first."""
    rows = Import.objects.filter(_own(actor, "utility_service__")).defer("carried")
    return rows.select_related(
        "utility_service__organisation", "utility_service__region", "network"
    ).order_by("-read_at", "-pk")


def import_faults(load: Import) -> list[dict[str, Any]]:
    """Return the faults of an import as rows, each with the words of its rule."""
    return [{**fault, "text": TEXTS[fault["rule"]]} for fault in load.faults]


def import_remarks(load: Import) -> list[dict[str, Any]]:
    """Return what of the file is kept unread or left out, each with its words."""
    return [{**row, "text": REMARKS[row["rule"]]} for row in load.mapping.get("remarks", [])]


def place_for_drawings(owner: UtilityService) -> tuple[float, float] | None:
    """Return where a file without true coordinates is put: the region's largest town."""
    town = Settlement.objects.filter(region=owner.region).order_by("-population").first()
    return (town.lon_deg, town.lat_deg) if town else None
