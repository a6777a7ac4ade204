"""A made-up city for measurements: copies of one real network side by side, joined by pipes.

Every copy keeps its own tanks and pumps, so much stays local: kinder than a city with one source.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

KEPT = ("JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "STATUS", "DEMANDS")
NAMES = {"PIPES": 3, "PUMPS": 3}  # words of a line that are names of nodes or links
JOINTS = (0.2, 0.4, 0.6, 0.8)
JOINT = "500 8 120 0 Open"


def tables_of(path: Path) -> dict[str, list[list[str]]]:
    """Return the parts of an EPANET file as words."""
    parts: dict[str, list[list[str]]] = {}
    name = ""
    for line in path.read_text().splitlines():
        words = line.split(";")[0].split()
        if words and words[0].startswith("["):
            name = words[0].strip("[]")
        elif words:
            parts.setdefault(name, []).append(words)
    return parts


def tiled(path: Path, columns: int, rows: int, out: Path) -> None:
    """Write columns × rows copies of a frozen network as one."""
    parts = tables_of(path)
    lines: dict[str, list[str]] = {name: [] for name in KEPT}
    sides = {side: _near(parts, side) for side in "EWNS"}
    for x in range(columns):
        for y in range(rows):
            for name in KEPT:
                for words in parts.get(name, []):
                    count = NAMES.get(name, 1)
                    named = [f"{x}_{y}_{word}" for word in words[:count]]
                    kept = words[count:7] if name == "TANKS" else words[count:]
                    lines[name].append(" ".join([*named, *kept]))
            lines["PIPES"] += _joints(x, y, columns, rows, sides)
    whole = [f"[{name}]\n" + "\n".join(rows_) for name, rows_ in lines.items()]
    for name in ("PATTERNS", "CURVES", "OPTIONS"):
        told = (words for words in parts.get(name, []) if words[0] != "QUALITY")
        whole += [f"[{name}]", *(" ".join(words) for words in told)]
    out.write_text("\n".join([*whole, "[TIMES]\nDuration 0\n[END]\n"]))


def _near(parts: dict[str, list[list[str]]], side: str) -> list[str]:
    """Return four junctions along a side of the drawing."""
    at = {words[0]: (float(words[1]), float(words[2])) for words in parts["COORDINATES"]}
    names = [words[0] for words in parts["JUNCTIONS"]]
    points = np.array([at[name] for name in names])
    low, high = points.min(0), points.max(0)
    along = {
        "E": lambda f: (high[0], low[1] + f * (high[1] - low[1])),
        "W": lambda f: (low[0], low[1] + f * (high[1] - low[1])),
        "N": lambda f: (low[0] + f * (high[0] - low[0]), high[1]),
        "S": lambda f: (low[0] + f * (high[0] - low[0]), low[1]),
    }[side]
    near = [names[int(((points - along(f)) ** 2).sum(1).argmin())] for f in JOINTS]
    return list(dict.fromkeys(near))


def _joints(x: int, y: int, columns: int, rows: int, sides: dict[str, list[str]]) -> Iterator[str]:
    for dx, dy, here, there in ((1, 0, "E", "W"), (0, 1, "N", "S")):
        if x + dx < columns and y + dy < rows:
            pairs = zip(sides[here], sides[there], strict=False)
            for number, (a, b) in enumerate(pairs):
                ends = f"{x}_{y}_{a} {x + dx}_{y + dy}_{b}"
                yield f"X{x}_{y}_{here}{number} {ends} {JOINT}"
