"""Do the rows of sections still say what history says of their birth."""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from qaita.ledger.leaves import facts_of
from qaita.ledger.models import Entry
from qaita.networks.models import EquipmentUnit, Failure, Import, Inspection, Network, Node, Section
from qaita.networks.queries.sections import DIGEST_FIELDS, row_digest

CHUNK = 5_000
NODES = ("code", "kind", "lon_deg", "lat_deg", "elevation_m", "consumers")
# what the model of wear writes; it changes with every refresh, which tells the inventory anew
MODELLED = ("code", "material", "laid_on", "norm_life_years", "past_norm_on", "condition")


def inventory_of(network: Network, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return count and digest of the network's nodes and of what was modelled of its sections.

    With an inventory told before, the digests are of as many first rows as it counted.
    """
    sets = {
        "nodes": Node.objects.filter(network=network).order_by("pk").values_list(*NODES),
        "modelled": Section.objects.filter(network=network).order_by("pk").values_list(*MODELLED),
    }
    found: dict[str, Any] = {}
    for name, rows in sets.items():
        digest, count = hashlib.blake2b(digest_size=16), 0
        first = rows[: told[name][0]] if told else rows
        for row in first.iterator(chunk_size=CHUNK):
            digest.update("\x1f".join(map(str, row)).encode() + b"\n")
            count += 1
        found[name] = [count, digest.hexdigest()]
    return found


def records_of(network: Network) -> list[str]:
    """Return the codes of what came with a file's sections: equipment, failures, inspections."""
    rows = [
        EquipmentUnit.objects.filter(network=network),
        Failure.objects.filter(section__network=network),
        Inspection.objects.filter(section__network=network),
    ]
    return [code for some in rows for code in some.order_by("pk").values_list("code", flat=True)]


def changed_blocks(load: Import, facts: Mapping[str, Any]) -> list[int]:
    """Return the blocks of an import's sections that differ from what the ledger's entry says."""
    rows = Section.objects.filter(source=load, network=load.network).order_by("pk")
    stored = rows.values_list(*DIGEST_FIELDS).iterator(chunk_size=CHUNK)
    size, told = int(facts["block_rows"]), list(facts["digests"])
    found = []
    while block := list(islice(stored, size)):
        found.append(row_digest(block))
    count = max(len(told), len(found))
    told += [""] * (count - len(told))
    found += [""] * (count - len(found))
    return [i for i in range(count) if told[i] != found[i]]


def changed_sections() -> Iterator[tuple[str, str]]:
    """Yield the code and the reason of whatever was changed behind the application."""
    loads = {load.code: load for load in Import.objects.filter(state="loaded").defer("carried")}
    entries = Entry.objects.filter(kind__in=("import.load", "section.born")).order_by("id")
    for entry in entries.iterator(chunk_size=500):
        facts = facts_of(entry)
        if entry.kind == "section.born":
            yield from _changed_heir(entry.code, facts["digest"])
        elif entry.code in loads:
            size = facts["block_rows"]
            for block in changed_blocks(loads[entry.code], facts):
                rows = f"{block * size + 1} to {(block + 1) * size}"
                yield entry.code, f"one of its sections {rows} differs from history"


def changed_inventories() -> Iterator[tuple[str, str]]:
    """Yield the networks whose nodes or modelled wear were changed behind the application."""
    told: dict[str, Any] = {}
    kinds = ("import.load", "network.refresh_condition")
    for entry in Entry.objects.filter(kind__in=kinds).order_by("id").iterator(chunk_size=500):
        facts = facts_of(entry)
        if "inventory" in facts:
            told[facts.get("network") or entry.code] = facts["inventory"]
    for network in Network.objects.order_by("pk"):
        if (before := told.get(network.code)) is None:
            yield network.code, "no entry of history tells of this network's nodes and wear"
        elif (found := inventory_of(network, before)) != before:
            names = [name for name in found if found[name] != before[name]]
            yield network.code, f"its {' and '.join(names)} differ from history"


def _changed_heir(code: str, digest: str) -> Iterator[tuple[str, str]]:
    rows = list(Section.objects.filter(code=code).values_list(*DIGEST_FIELDS))
    if row_digest(rows) != digest:
        yield code, "the section differs from history" if rows else "the section is gone"
