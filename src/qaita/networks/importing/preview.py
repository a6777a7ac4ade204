"""What a file's columns are called, and which of ours they seem to be."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pyogrio

from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.columns import SECTIONS, propose_mapping
from qaita.networks.importing.options import Limits, ReadOptions
from qaita.networks.importing.reading import DEFAULT_LIMITS, SHEETS, UNREADABLE, VECTORS
from qaita.networks.importing.sheets import tables_of
from qaita.networks.importing.vectors import BROKEN, layer_of, opened


@dataclass(frozen=True)
class Preview:
    """The headings of the table of sections and the proposal; empty for files with no columns."""

    headings: list[str] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)


def preview_of(path: Path, *, options: ReadOptions, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """Return the preview of a file; a file that cannot be read has none."""
    try:
        headings = _headings(path, options, limits)
    except (FaultyNetwork, *UNREADABLE, *BROKEN):
        return Preview()
    return Preview(headings, propose_mapping(headings, SECTIONS))


def _headings(path: Path, options: ReadOptions, limits: Limits) -> list[str]:
    ending = path.suffix.lower()
    if ending in SHEETS:
        rows = tables_of(path, options, limits).get(SECTIONS.name, [])
        return [str(heading).strip() for heading in rows[0][1] if heading] if rows else []
    if ending not in VECTORS:
        return []
    with tempfile.TemporaryDirectory() as folder, opened(path, Path(folder), limits) as source:
        layer = layer_of(source, options)
        fields = pyogrio.read_info(source, layer=layer)["fields"] if layer else []
        return [str(name) for name in fields]
