"""The end of works: lines surveyed, checked, pictured, signed by the quorum, accepted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from zlib import crc32

import numpy as np

from qaita.console.demonstration.pictures import drawn_picture
from qaita.kernel.actor import Actor
from qaita.kernel.clock import KAZAKHSTAN, day_of
from qaita.law import acceptance, unit_prices
from qaita.networks.geometry import unpack
from qaita.networks.models import EquipmentUnit, Section
from qaita.works.models import Act, Site
from qaita.works.services import (
    LaidLine,
    Pipe,
    Readings,
    Snapshot,
    draft_act,
    record_as_built,
    record_check,
    record_evidence_many,
    send_act,
    sign_act,
)

STAGES = ("before", "during", "after")


def ask_acceptance(site: Site, builder: Actor, supervisor: Actor, seed: int, at: datetime) -> Act:
    """Survey, check and show what was laid; the builder signs the act first."""
    sections = list(site.sections.filter(state="in_works").order_by("pk"))
    rng = np.random.default_rng(seed)
    for path in paths_of(sections):
        _lay(site, path, builder, supervisor, rng, at)
    take_pictures(site, STAGES[-1:], builder, seed, at)
    act = send_act(draft_act(site, by=builder, at=at), by=builder, at=at)
    sign_act(act, "supplier", by=builder, at=at)
    return act


def finish_works(act: Act, supervisor: Actor, head: Actor, at: datetime) -> None:
    """Let the other sides sign the act: the works are accepted."""
    sign_act(act, "supervisor", by=supervisor, at=at)
    sign_act(act, "utility_head", by=head, at=at)


def paths_of(sections: Sequence[Section]) -> list[list[tuple[Section, bool]]]:
    """Part sections into simple paths of one kind of pipe; the flag says: run it backwards."""
    left = {section.pk: section for section in sections}
    at_node: dict[int, set[int]] = defaultdict(set)
    for section in sections:
        at_node[section.from_node_id].add(section.pk)
        at_node[section.to_node_id].add(section.pk)
    degree = _degrees(sections[0].network_id, at_node)
    paths = []
    while left:
        start = min(left.values(), key=lambda s: (min(_ends(s, degree)), s.pk))
        path = _follow(start, left, at_node, degree)
        paths.append(path)
    return paths


def _degrees(network: int, nodes: Iterable[int]) -> dict[int, int]:
    """Count the living sections and the equipment at each node: a line passes where there are two.

    What else hangs on a node must stay joined, so a new line begins there.
    """
    degree = dict.fromkeys(nodes, 0)
    living = Section.objects.filter(network=network, state__in=("in_service", "in_works"))
    units = EquipmentUnit.objects.filter(network=network, parent=None).exclude(node=None)
    for one, other in living.values_list("from_node_id", "to_node_id"):
        for node in {one, other} & degree.keys():
            degree[node] += 1
    for one, other in units.values_list("node_id", "to_node_id"):
        for node in {one, other} & degree.keys():
            degree[node] += len(degree)  # never a mere joint
    return degree


def _ends(section: Section, degree: dict[int, int]) -> tuple[int, int]:
    return degree[section.from_node_id], degree[section.to_node_id]


def _kind(section: Section) -> tuple[object, ...]:
    return section.diameter_mm, section.voltage_kv, section.pipe_count


def _follow(
    start: Section,
    left: dict[int, Section],
    at_node: dict[int, set[int]],
    degree: dict[int, int],
) -> list[tuple[Section, bool]]:
    """Walk from a section through joints of exactly two alike sections."""
    backwards = degree[start.to_node_id] < degree[start.from_node_id]
    path = [(start, backwards)]
    del left[start.pk]
    node = start.from_node_id if backwards else start.to_node_id
    while degree[node] == 2:
        following = [left[pk] for pk in at_node[node] if pk in left]
        if len(following) != 1 or _kind(following[0]) != _kind(start):
            break
        section = following[0]
        reverse = section.to_node_id == node
        path.append((section, reverse))
        del left[section.pk]
        node = section.from_node_id if reverse else section.to_node_id
    return path


def _lay(
    site: Site,
    path: list[tuple[Section, bool]],
    builder: Actor,
    supervisor: Actor,
    rng: np.random.Generator,
    at: datetime,
) -> None:
    parts = [unpack(section.geometry)[:: -1 if back else 1] for section, back in path]
    coords = np.vstack([parts[0], *[part[1:] for part in parts[1:]]])
    # The survey never meets the design exactly: up to half a metre aside.
    aside = coords + rng.uniform(-0.3, 0.3, 2) / 111_320
    first = path[0][0]
    pipe = Pipe(
        unit_prices(on=day_of(at)).material_after(site.service, first.material),
        day_of(at),
        diameter_mm=first.diameter_mm,
        voltage_kv=first.voltage_kv,
    )
    line = record_as_built(
        site,
        [section for section, _ in path],
        LaidLine(aside, "geojson", f"{int(rng.integers(2**62)):064x}"),
        pipe,
        by=builder,
        at=at,
    )
    for readings in _readings(site.service, at):
        record_check(line, readings, by=supervisor, at=at)


def _readings(service: str, at: datetime) -> list[Readings]:
    """Return a passed check of every kind the law asks for the service."""
    on = day_of(at)
    pressed = Readings("pressure_test", on, 600.0, 900.0, 5.0, 30.0)
    asked = acceptance(on=on).checks[service]
    return [pressed if kind == "pressure_test" else Readings(kind, on) for kind in asked]


def take_pictures(
    site: Site, stages: Sequence[str], builder: Actor, seed: int, at: datetime
) -> None:
    """Show stages of the works at the first of the site's sections."""
    first = site.sections.order_by("pk").first()
    if first is None:
        return
    lon, lat = (float(v) for v in unpack(first.geometry)[0])
    taken = at.astimezone(KAZAKHSTAN).strftime("%Y:%m:%d %H:%M:%S")
    snapshots = [
        Snapshot(
            drawn_picture(crc32(f"{site.code} {seed} {stage}".encode()), stage, (lon, lat), taken),
            stage,
        )
        for stage in stages
    ]
    record_evidence_many(site, snapshots, by=builder, at=at)
