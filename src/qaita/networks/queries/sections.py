"""Sections: which, as of when, from which, and unchanged."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from qaita.kernel.errors import Missing
from qaita.networks.models import LIVING, EquipmentUnit, Lineage, Network, Section, UtilityService

DIGEST_FIELDS = (
    "code",
    "from_node_id",
    "to_node_id",
    "geometry",
    "length_m",
    "diameter_mm",
    "voltage_kv",
    "pipe_count",
    "material",
    "material_imputed",
    "laid_on",
    "laid_imputed",
    "laid_precision",
)


@dataclass(frozen=True)
class Descent:
    """One line of a section's descent: the other section, how, when."""

    section: Section
    kind: str
    at: datetime


@dataclass(frozen=True)
class Family:
    """A section's parents and children."""

    parents: list[Descent]
    children: list[Descent]


def get_section(code: str) -> Section:
    """Return exactly one section by its code, or raise Missing."""
    rows = Section.objects.select_related(
        "network__utility_service__organisation", "network__region", "from_node", "to_node"
    )
    try:
        return rows.get(code=code)
    except Section.DoesNotExist:
        raise Missing("section", code) from None


def get_network(code: str) -> Network:
    """Return exactly one network by its code, or raise Missing."""
    rows = Network.objects.select_related("utility_service__organisation", "region", "settlement")
    try:
        return rows.get(code=code)
    except Network.DoesNotExist:
        raise Missing("network", code) from None


def get_utility_service(code: str) -> UtilityService:
    """Return exactly one service of a utility by its code, or raise Missing."""
    try:
        return UtilityService.objects.select_related("organisation", "region").get(code=code)
    except UtilityService.DoesNotExist:
        raise Missing("utility service", code) from None


def sections_of(owner: Network | UtilityService) -> QuerySet[Section]:
    """Return the living sections of a network or of all networks of a utility's service."""
    living = Section.objects.filter(state__in=LIVING)
    if isinstance(owner, Network):
        return living.filter(network=owner)
    return living.filter(network__utility_service=owner)


def sections_as_of(network: Network, on: date) -> QuerySet[Section]:
    """Return the sections the network had on the day."""
    began = Q(valid_from=None) | Q(valid_from__lte=on)
    lasted = Q(valid_until=None) | Q(valid_until__gt=on)
    return Section.objects.filter(began, lasted, network=network)


def lineage_of(section: Section) -> Family:
    """Return the parents and the children of a section."""
    up = Lineage.objects.filter(child=section).select_related("parent")
    down = Lineage.objects.filter(parent=section).select_related("child")
    return Family(
        [Descent(row.parent, row.kind, row.at) for row in up],
        [Descent(row.child, row.kind, row.at) for row in down],
    )


def row_digest(rows: Iterable[Sequence[Any]]) -> str:
    """Return the digest of rows given as tuples of DIGEST_FIELDS.

    Only what never changes after a section's birth enters: what was imputed does not.
    """
    digest = hashlib.blake2b(digest_size=16)
    for row in rows:
        *fixed, material, material_imputed, laid_on, laid_imputed, precision = row
        fixed[3] = bytes(fixed[3]).hex()
        fixed[4:7] = [None if number is None else float(number) for number in fixed[4:7]]
        fixed += ["" if material_imputed else material, "" if laid_imputed else str(laid_on)]
        digest.update("\x1f".join([*map(str, fixed), precision, "\n"]).encode())
    return digest.hexdigest()


def equipment_at(section: Section) -> QuerySet[EquipmentUnit]:
    """Return the equipment at the ends of a section, whole units before their parts."""
    ends = (section.from_node_id, section.to_node_id)
    found = EquipmentUnit.objects.filter(Q(node__in=ends) | Q(to_node__in=ends))
    return found.select_related("node", "parent").order_by("parent_id", "pk")


def nodes_met(sections: Sequence[Section]) -> Counter[int]:
    """Return how many ends of these sections meet at each of their nodes."""
    return Counter(key for one in sections for key in (one.from_node_id, one.to_node_id))


def branches_between(sections: Sequence[Section]) -> QuerySet[Section]:
    """Return living sections that hang on the inner nodes of these: one line would cut them off."""
    inner = [node for node, times in nodes_met(sections).items() if times > 1]
    others = Section.objects.filter(state__in=LIVING).exclude(pk__in=[one.pk for one in sections])
    return others.filter(Q(from_node__in=inner) | Q(to_node__in=inner)).order_by("code")
