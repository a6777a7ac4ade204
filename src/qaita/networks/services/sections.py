"""Works on sections, and their descent: split, merge, replace, retire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason, Refused
from qaita.kernel.ids import derived_code
from qaita.ledger.services import move, move_many, record, settle
from qaita.networks.errors import (
    BRANCH_BETWEEN,
    NOT_ADJOINING,
    NOT_ALIKE,
    OTHER_NETWORK,
    OUTSIDE,
    TOO_FEW,
)
from qaita.networks.geometry import Coords, cut, geodesic_length_m, pack, tile_keys, unpack
from qaita.networks.imputing import complete
from qaita.networks.models import Lineage, Node, Section
from qaita.networks.parsed import Line, ParsedSection
from qaita.networks.queries.sections import (
    DIGEST_FIELDS,
    branches_between,
    nodes_met,
    row_digest,
)
from qaita.networks.states import SECTION

ALIKE = ("service", "material", "diameter_mm", "voltage_kv", "laid_on", "pipe_count", "state")
INHERITED = (
    "network",
    "service",
    "region_kato",
    "name",
    "material",
    "material_imputed",
    "diameter_mm",
    "voltage_kv",
    "laid_on",
    "laid_precision",
    "laid_imputed",
    "pipe_count",
    "norm_life_years",
    "condition",
    "past_norm_on",
    "born_of",
    "raw",
)


@dataclass(frozen=True)
class Renewal:
    """The accepted line that takes the place of old sections."""

    coords: Line
    material: str
    laid_on: date
    diameter_mm: float | None = None
    voltage_kv: float | None = None
    pipe_count: int = 1
    project_code: str = ""


def begin_works(
    sections: Sequence[Section], *, project_code: str, by: Actor, at: datetime
) -> Sequence[Section]:
    """Put sections under works, all or none."""
    return move_many(
        sections, SECTION, "begin_works", by=by, at=at, facts_of=lambda _: {"project": project_code}
    )


def leave_works(sections: Sequence[Section], *, by: Actor, at: datetime) -> Sequence[Section]:
    """Put sections back into service because the works do not take place."""
    return move_many(sections, SECTION, "leave_works", by=by, at=at)


def retire_sections(sections: Sequence[Section], *, by: Actor, at: datetime) -> Sequence[Section]:
    """Take sections out of use without a successor."""
    with transaction.atomic():
        for state in sorted({section.state for section in sections}):
            move_many([s for s in sections if s.state == state], SECTION, "retire", by=by, at=at)
        _end(sections, at)
        settle(*sections)
    return sections


def replace_sections(
    old: Sequence[Section], *, renewal: Renewal, by: Actor, at: datetime
) -> Section:
    """Put an accepted line in the place of old sections; its length is its geodesic length."""
    if not old:
        raise Refused("section.replace", [TOO_FEW])
    _require_one_network("section.replace", old)
    coords = np.asarray(renewal.coords, dtype=np.float64)
    length_m = geodesic_length_m(coords)
    if length_m <= 0:
        raise Refused("section.replace", [OUTSIDE])
    with transaction.atomic():
        if branches_between(old).exists():
            raise Refused("section.replace", [BRANCH_BETWEEN])
        ends = _ends_along(old, coords)
        made = _renewed(old[0], renewal, coords, at)
        made.code = derived_code("SC", *sorted(s.code for s in old), renewal.project_code, at)
        made.from_node, made.to_node, made.length_m = ends[0], ends[1], length_m
        return _succeed(old, [made], "replace", by=by, at=at)[0]


def split_section(
    section: Section, *, at_share: float, by: Actor, at: datetime
) -> tuple[Section, Section]:
    """Cut a section in two at a share of its length; the lengths add up to the old one."""
    if not 0 < at_share < 1:
        raise Refused("section.split", [OUTSIDE])
    with transaction.atomic():
        first_line, second_line = cut(unpack(section.geometry), at_share)
        lon_deg, lat_deg = first_line[-1]
        node = Node.objects.create(
            code=derived_code("ND", section.code, at_share, at),
            network=section.network,
            lon_deg=float(lon_deg),
            lat_deg=float(lat_deg),
        )
        first, second = _heir(section, first_line, at), _heir(section, second_line, at)
        first.to_node = second.from_node = node
        first.from_node, second.to_node = section.from_node, section.to_node
        first.length_m = section.length_m * at_share
        second.length_m = section.length_m - first.length_m
        for number, half in enumerate((first, second)):
            half.code = derived_code("SC", section.code, "split", number, at)
        made = _succeed([section], [first, second], "split", by=by, at=at)
        return made[0], made[1]


def merge_sections(sections: Sequence[Section], *, by: Actor, at: datetime) -> Section:
    """Join sections that follow one another, given in any order, into one."""
    if len(sections) < 2:
        raise Refused("section.merge", [TOO_FEW])
    _require_one_network("section.merge", sections)
    if any(len({getattr(s, field) for s in sections}) > 1 for field in ALIKE):
        raise Refused("section.merge", [NOT_ALIKE])
    with transaction.atomic():
        chain = _chain(sections)
        lines = [unpack(s.geometry)[:: 1 if forward else -1] for s, forward in chain]
        coords = np.vstack([lines[0], *[line[1:] for line in lines[1:]]])
        made = _heir(sections[0], coords, at)
        made.code = derived_code("SC", *sorted(s.code for s in sections), "merge", at)
        made.length_m = sum(section.length_m for section in sections)
        made.from_node, made.to_node = _outer_nodes(chain)
        return _succeed([s for s, _ in chain], [made], "merge", by=by, at=at)[0]


Chain = list[tuple[Section, bool]]


def _outer_nodes(chain: Chain) -> tuple[Node, Node]:
    (first, forward), (last, last_forward) = chain[0], chain[-1]
    start = first.from_node if forward else first.to_node
    return start, last.to_node if last_forward else last.from_node


def _chain(sections: Sequence[Section]) -> Chain:
    """Order the sections one after another, each with its direction; refuse what is no chain."""
    at_node: dict[int, list[Section]] = {}
    for section in sections:
        for key in (section.from_node_id, section.to_node_id):
            at_node.setdefault(key, []).append(section)
    ends = [key for key, found in at_node.items() if len(found) == 1]
    inner = [key for key, found in at_node.items() if len(found) == 2]
    if len(ends) != 2 or len(inner) != len(sections) - 1 or branches_between(sections).exists():
        raise Refused("section.merge", [NOT_ADJOINING])
    sources = {s.from_node_id for s in sections}
    here = next((key for key in sorted(ends) if key in sources), min(ends))
    chain: Chain = []
    left = {section.pk: section for section in sections}
    while left:
        following = next((s for s in at_node[here] if s.pk in left), None)
        if following is None:
            raise Refused("section.merge", [NOT_ADJOINING])
        forward = following.from_node_id == here
        chain.append((left.pop(following.pk), forward))
        here = following.to_node_id if forward else following.from_node_id
    return chain


def _require_one_network(action: str, sections: Sequence[Section]) -> None:
    if len({section.network_id for section in sections}) > 1:
        reasons: list[Reason] = [OTHER_NETWORK]
        raise Refused(action, reasons)


def _heir(parent: Section, coords: Coords, at: datetime) -> Section:
    """Return an unsaved section with the parent's nature on another line."""
    made = Section(**{field: getattr(parent, field) for field in INHERITED})
    _lay(made, coords, day_of(at))
    return made


def _renewed(parent: Section, renewal: Renewal, coords: Coords, at: datetime) -> Section:
    parsed = ParsedSection(
        "new",
        "",
        "",
        coords,
        material=renewal.material,
        diameter_mm=renewal.diameter_mm,
        voltage_kv=renewal.voltage_kv,
        laid_on=renewal.laid_on,
        laid_precision="day",
    )
    age = complete([parsed], service=parent.service, on=day_of(at))[0]
    made = Section(
        network=parent.network,
        service=parent.service,
        region_kato=parent.region_kato,
        name=parent.name,
        material=age.material,
        diameter_mm=renewal.diameter_mm,
        voltage_kv=renewal.voltage_kv,
        laid_on=renewal.laid_on,
        laid_precision="day",
        pipe_count=renewal.pipe_count,
        norm_life_years=age.norm_life_years,
        condition=age.condition,
        past_norm_on=age.past_norm_on,
        born_of=renewal.project_code,
    )
    _lay(made, coords, day_of(at))
    return made


def _lay(section: Section, coords: Coords, on: date) -> None:
    home, covering = tile_keys(coords, np.array([0, len(coords)]))
    section.geometry = pack(coords.tolist())
    section.home_key, section.morton_key = home[0], covering[0]
    section.valid_from = on


def _ends_along(old: Sequence[Section], coords: Coords) -> tuple[Node, Node]:
    """Return the outer nodes of the old sections, in the direction of the new line."""
    met = nodes_met(old)
    nodes = Node.objects.in_bulk(list(met))
    outer = [nodes[key] for key in sorted(met) if met[key] == 1] or list(nodes.values())
    start = min(outer, key=lambda node: _apart(node, coords[0]))
    others = [node for node in outer if node.pk != start.pk] or outer
    return start, min(others, key=lambda node: _apart(node, coords[-1]))


def _apart(node: Node, point: Any) -> float:
    return geodesic_length_m([(node.lon_deg, node.lat_deg), tuple(point)])


def _end(sections: Sequence[Section], at: datetime) -> None:
    keys = [section.pk for section in sections]
    Section.objects.filter(pk__in=keys).update(valid_until=day_of(at))
    for section in sections:
        section.valid_until = day_of(at)


def _succeed(
    old: Sequence[Section], made: Sequence[Section], kind: str, *, by: Actor, at: datetime
) -> Sequence[Section]:
    """Let new sections follow old ones: rows, lineage, states and entries."""
    heirs = [section.code for section in made]
    for section in old:
        move(section, SECTION, kind, by=by, at=at, facts={"children": heirs})
    for section in made:
        section.save(force_insert=True)
    Lineage.objects.bulk_create(
        Lineage(parent=parent, child=child, kind=kind, at=at) for parent in old for child in made
    )
    _end(old, at)
    if len(made) == 1:
        Section.objects.filter(pk__in=[s.pk for s in old]).update(replaced_by=made[0])
    settle(*old)
    parents = [section.code for section in old]
    for section in made:
        facts = {
            "kind": kind,
            "parents": parents,
            "project": section.born_of,
            "length_m": section.length_m,
            "digest": row_digest([[getattr(section, name) for name in DIGEST_FIELDS]]),
        }
        record("section.born", section.code, by=by, at=at, facts=facts)
    return made
