"""Storing a whole network at once: all of it or nothing, with one entry in the ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused
from qaita.kernel.ids import derived_code
from qaita.ledger.services import move, record_rows
from qaita.networks.errors import SAME_FILE, FaultyNetwork
from qaita.networks.geometry import Coords, geodesic_lengths_m, pack, tile_keys
from qaita.networks.importing.checking import faults_of
from qaita.networks.importing.rules import Found
from qaita.networks.imputing import Completed, complete
from qaita.networks.models import (
    EquipmentUnit,
    Failure,
    Import,
    Inspection,
    Network,
    Node,
    Section,
    UtilityService,
)
from qaita.networks.parsed import ParsedNetwork, ParsedSection
from qaita.networks.queries.integrity import inventory_of, records_of
from qaita.networks.queries.sections import DIGEST_FIELDS, row_digest
from qaita.networks.services.condition import refresh_condition
from qaita.networks.states import ENGINEERS, IMPORT, require_role
from qaita.networks.storing import insert_rows, take_ids

CHUNK = 50_000
BLOCK_ROWS = 1_000
BLOCKS_MAX = 1_000  # digests of 32 letters must fit the 64 KiB of one ledger leaf
Name = str | tuple[str, str, str]

NODE_COLUMNS = (
    "id",
    "code",
    "network",
    "kind",
    "lon_deg",
    "lat_deg",
    "elevation_m",
    "consumers",
    "name",
    "raw",
)
SECTION_COLUMNS = (
    "id",
    "code",
    "from_node",
    "to_node",
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
    "network",
    "service",
    "region_kato",
    "name",
    "norm_life_years",
    "condition",
    "past_norm_on",
    "state",
    "born_of",
    "source",
    "morton_key",
    "home_key",
    "valid_from",
    "raw",
)
DIGESTED = slice(1, 1 + len(DIGEST_FIELDS))


@dataclass(frozen=True)
class Load:
    """What the parts of one load share."""

    network: Network
    source: Import
    parsed: ParsedNetwork
    at: datetime


def import_network(
    parsed: ParsedNetwork,
    *,
    utility_service: UtilityService,
    name: Name,
    by: Actor,
    at: datetime,
    upload: Import | None = None,
) -> Import:
    """Store a network, all or nothing; FaultyNetwork tells every fault when it has any."""
    source = upload or _new_import(parsed, utility_service, name, at)
    require_role("import.load", by, ENGINEERS, source.scope_for("utility_engineer"))
    if not parsed.is_checked and (faults := faults_of(parsed)):
        raise FaultyNetwork(faults)
    lengths_m = _lengths_m(parsed.sections)
    with transaction.atomic():
        _require_new(parsed, utility_service)
        if upload is None:
            source.save(force_insert=True)
        network = _new_network(source, parsed, name)
        load = Load(network, source, parsed, at)
        source.network = network
        nodes = _store_nodes(load)
        digests, sections = _store_sections(load, nodes, lengths_m)
        _store_equipment(load, nodes)
        _store_records(load, sections)
        source.counts = _counts(parsed, lengths_m)
        source.save(update_fields=["network", "counts", "kind", "carried"])
        facts = {**_facts(source, digests), "inventory": inventory_of(network)}
        moved = move(source, IMPORT, "load", by=by, at=at, facts=facts)
        record_rows("import.records", source.code, records_of(network), by=by, at=at)
        if parsed.failures or parsed.inspections:
            refresh_condition(network, on=day_of(at), by=by, at=at)
        return moved


def _require_new(parsed: ParsedNetwork, utility_service: UtilityService) -> None:
    """Refuse a file that is loaded already, also by somebody else at this very moment."""
    UtilityService.objects.select_for_update(of=("self",), no_key=True).get(pk=utility_service.pk)
    same = Import.objects.filter(
        file_sha256=parsed.file_sha256, utility_service=utility_service, state="loaded"
    )
    if parsed.file_sha256 and same.exists():
        raise Refused("import.load", [SAME_FILE])


def block_rows(count: int) -> int:
    """Return how many rows one digest covers: a thousand, more for very many rows."""
    return BLOCK_ROWS * max(1, -(-count // (BLOCK_ROWS * BLOCKS_MAX)))


def _new_import(
    parsed: ParsedNetwork, utility_service: UtilityService, name: Name, at: datetime
) -> Import:
    remarks = [remark.as_dict() for remark in parsed.remarks]
    return Import(
        code=derived_code("IM", utility_service.code, name, parsed.file_sha256, at.isoformat()),
        utility_service=utility_service,
        kind=parsed.kind,
        file_name=parsed.file_name[:200],
        file_sha256=parsed.file_sha256,
        file_bytes=parsed.file_bytes,
        crs=parsed.crs[:60],
        mapping=parsed.mapping | ({"remarks": remarks} if remarks else {}),
        carried=parsed.carried,
        read_at=at,
    )


def _new_network(source: Import, parsed: ParsedNetwork, name: Name) -> Network:
    names = (name, name, name) if isinstance(name, str) else name
    return Network.objects.create(
        code=derived_code("NW", source.code),
        utility_service=source.utility_service,
        region=source.utility_service.region,
        settlement=parsed.settlement,
        population=parsed.population,
        name_kk=names[0][:200],
        name_ru=names[1][:200],
        name_en=names[2][:200],
    )


def _facts(source: Import, digests: Sequence[str]) -> Mapping[str, Any]:
    return {
        "utility_service": source.utility_service,
        "network": source.network,
        "kind": source.kind,
        "file_sha256": source.file_sha256,
        "counts": source.counts,
        "block_rows": block_rows(source.counts["sections"]),
        "digests": digests,
    }


def _counts(parsed: ParsedNetwork, lengths_m: Sequence[float]) -> dict[str, Any]:
    return {
        "nodes": len(parsed.nodes),
        "sections": len(parsed.sections),
        "equipment": len(parsed.equipment),
        "failures": len(parsed.failures),
        "inspections": len(parsed.inspections),
        "length_m": round(sum(lengths_m), 3),
        "unknown_year": sum(row.laid_on is None for row in parsed.sections),
        "unknown_material": sum(not row.material for row in parsed.sections),
    }


def _lengths_m(sections: Sequence[ParsedSection]) -> list[float]:
    """Return the length of every section: as given, else along the ellipsoid."""
    lengths: list[float] = []
    for start in range(0, len(sections), CHUNK):
        chunk = sections[start : start + CHUNK]
        lines = [np.asarray(row.coords, dtype=np.float64) for row in chunk]
        offsets = np.cumsum([0, *map(len, lines)])
        geodesic = geodesic_lengths_m(np.vstack(lines), offsets).tolist()
        lengths += [
            found if row.length_m is None else float(row.length_m)
            for row, found in zip(chunk, geodesic, strict=True)
        ]
    found = Found()
    for row, length in zip(sections, lengths, strict=True):
        if length <= 0:
            found.add(("sections", "length_m"), "no_length", row.row, length)
    if found:
        raise FaultyNetwork(found.faults())
    return lengths


def _coder(prefix: str, owner: str, seen: set[str]) -> Callable[[str], str]:
    """Return a maker of codes that always belong to a key of the owner and never meet."""

    def make(key: str) -> str:
        code, again = derived_code(prefix, owner, key), 0
        while code in seen:
            again += 1
            code = derived_code(prefix, owner, key, again)
        seen.add(code)
        return code

    return make


def _store_nodes(load: Load) -> dict[str, int]:
    rows = load.parsed.nodes
    ids = take_ids(Node, len(rows))
    code = _coder("ND", load.network.code, set())
    network = load.network.pk
    insert_rows(
        Node,
        NODE_COLUMNS,
        (
            (
                key,
                code(row.key),
                network,
                row.kind,
                row.lon_deg,
                row.lat_deg,
                row.elevation_m,
                row.consumers,
                (row.name or row.key)[:80],
                row.raw,
            )
            for key, row in zip(ids, rows, strict=True)
        ),
    )
    return {row.key: key for key, row in zip(ids, rows, strict=True)}


def _store_sections(
    load: Load, nodes: dict[str, int], lengths_m: Sequence[float]
) -> tuple[list[str], dict[str, int]]:
    """Store the sections; return the digests of their blocks and their keys by name."""
    rows = load.parsed.sections
    ids = take_ids(Section, len(rows))
    code = _coder("SC", load.network.code, set())
    size = block_rows(len(rows))
    digests: list[str] = []
    whole = CHUNK - CHUNK % size or size
    for start in range(0, len(rows), whole):
        part = slice(start, start + whole)
        tuples = list(_section_rows(load, nodes, (ids[part], rows[part], lengths_m[part]), code))
        insert_rows(Section, SECTION_COLUMNS, tuples)
        digests += [
            row_digest(row[DIGESTED] for row in tuples[i : i + size])
            for i in range(0, len(tuples), size)
        ]
    return digests, {row.key: key for key, row in zip(ids, rows, strict=True)}


Part = tuple[Sequence[int], Sequence[ParsedSection], Sequence[float]]


def _section_rows(
    load: Load, nodes: dict[str, int], part: Part, code: Callable[[str], str]
) -> Iterator[tuple[Any, ...]]:
    ids, rows, lengths_m = part
    owner = load.network.utility_service
    on = day_of(load.at)
    done = complete(rows, service=owner.service, on=on)
    lines = [np.asarray(row.coords, dtype=np.float64) for row in rows]
    home, covering = _cells(lines)
    shared = (load.network.pk, owner.service, owner.region.kato)
    for i, row in enumerate(rows):
        age: Completed = done[i]
        yield (
            ids[i],
            code(row.key),
            nodes[row.from_key],
            nodes[row.to_key],
            pack(lines[i].tolist()),
            lengths_m[i],
            row.diameter_mm,
            row.voltage_kv,
            row.pipe_count,
            age.material,
            age.material_imputed,
            age.laid_on,
            age.laid_imputed,
            row.laid_precision if row.laid_on else "unknown",
            *shared,
            (row.name or row.key)[:80],
            age.norm_life_years,
            age.condition,
            age.past_norm_on,
            "in_service",
            "",
            load.source.pk,
            covering[i],
            home[i],
            row.laid_on,
            row.raw,
        )


def _cells(lines: Sequence[Coords]) -> tuple[list[int], list[int]]:
    offsets = np.cumsum([0, *map(len, lines)])
    return tile_keys(np.vstack(lines), offsets)


def _store_equipment(load: Load, nodes: dict[str, int]) -> None:
    code = _coder("EQ", load.network.code, set())
    units = {
        row.key: EquipmentUnit(
            code=code(row.key),
            network=load.network,
            node_id=nodes.get(row.node_key),
            to_node_id=nodes.get(row.to_node_key),
            kind=row.kind[:24],
            name=(row.name or row.key)[:120],
            installed_on=row.installed_on,
            norm_life_years=row.norm_life_years,
            raw=row.raw,
        )
        for row in load.parsed.equipment
    }
    EquipmentUnit.objects.bulk_create(units.values(), batch_size=2_000)
    parts = []
    for row in load.parsed.equipment:
        if row.parent_key:
            units[row.key].parent = units[row.parent_key]
            parts.append(units[row.key])
    EquipmentUnit.objects.bulk_update(parts, ["parent"], batch_size=500)


def _store_records(load: Load, sections: dict[str, int]) -> None:
    owner = load.network.code
    Failure.objects.bulk_create(
        (
            Failure(
                code=derived_code("FL", owner, i),
                section_id=sections[row.section_key],
                at=row.at,
                cause=row.cause,
                repaired_at=row.repaired_at,
                consumers_off=row.consumers_off,
                source=row.source,
                confidence=row.confidence,
            )
            for i, row in enumerate(load.parsed.failures)
        ),
        batch_size=2_000,
    )
    Inspection.objects.bulk_create(
        (
            Inspection(
                code=derived_code("IN", owner, i),
                section_id=sections[row.section_key],
                on=row.on,
                method=row.method[:40],
                condition=row.condition,
                remarks=row.remarks[:500],
            )
            for i, row in enumerate(load.parsed.inspections)
        ),
        batch_size=2_000,
    )
