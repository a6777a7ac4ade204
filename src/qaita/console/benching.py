"""Measurements: `bench/<name>.py` holds `measure() -> list[Line]`; this prints them."""

import importlib.util
import inspect
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qaita.console.place import ROOT

FOLDER = ROOT / "bench"


@dataclass(frozen=True)
class Line:
    """One figure, its peer measured in the same run, and the goal."""

    what: str
    figure: float
    unit: str
    peer: str = ""
    peer_figure: float | None = None
    goal: str = ""
    more_is_better: bool = True

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer we are."""
        if not self.peer_figure or not self.figure:
            return None
        raw = self.figure / self.peer_figure
        return raw if self.more_is_better else 1 / raw


@dataclass(frozen=True)
class Measured:
    """Figures to be shown, and the same in full for machines."""

    lines: list[Line]
    results: list[dict[str, Any]] = field(default_factory=list)


def names() -> list[str]:
    """Return the measurements there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def measurement(name: str) -> Callable[..., list[Line] | Measured]:
    """Return one measurement's function."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: Callable[..., list[Line] | Measured] = module.measure
    return found


def measured(name: str, asked: dict[str, Any]) -> Measured:
    """Measure with those of the asked settings that the measurement knows.

    Raises ValueError, naming them, for settings that it does not know.
    """
    work = measurement(name)
    known = inspect.signature(work).parameters
    strange = [setting for setting in asked if setting not in known]
    if strange:
        raise ValueError(", ".join(strange))
    found = work(**asked)
    return found if isinstance(found, Measured) else Measured(found)


def number(value: float | None, unit: str = "") -> str:
    """Return a figure with three telling digits."""
    if value is None:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def as_table(lines: Iterable[Line]) -> str:
    """Return the figures as a Markdown table."""
    rows = [("what", "figure", "peer", "ratio", "goal")]
    for line in lines:
        peer = f"{line.peer}: {number(line.peer_figure, line.unit)}" if line.peer else "–"
        ratio = f"{line.ratio:.3g}×" if line.ratio else "–"
        rows.append((line.what, number(line.figure, line.unit), peer, ratio, line.goal or "–"))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    told = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    told.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(told)


def machine() -> dict[str, Any]:
    """Return on what was measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    cpuinfo = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else [])
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(load, 2),
    }


def as_json(name: str, found: Measured) -> str:
    """Return the figures for machines."""
    figures = [{**asdict(line), "ratio": line.ratio} for line in found.lines]
    told = {"bench": name, "machine": machine(), "lines": figures, "results": found.results}
    return json.dumps(told, ensure_ascii=False)


def note(name: str, table: str, on: str) -> None:
    """Keep the last table in bench/README.md, with the machine and the day."""
    readme = FOLDER / "README.md"
    text = readme.read_text(encoding="utf-8")
    began, ended = f"<!-- {name} -->", f"<!-- /{name} -->"
    about = machine()
    said = (
        f"{began}\n## {name}\n\n{on}, {about['cores']} cores of {about['processor']},"
        f" Python {about['python']}, load {about['load']} at the end.\n\n{table}\n{ended}"
    )
    if began in text:
        before, _, rest = text.partition(began)
        _, _, after = rest.partition(ended)
        text = before + said + after
    else:
        text = text.rstrip() + "\n\n" + said + "\n"
    readme.write_text(text, encoding="utf-8")
