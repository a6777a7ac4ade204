"""Writes docs/reference/ from the code: lives, settings, commands, law."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

import qaita
from qaita.console.applied import applied, page
from qaita.console.place import ROOT
from qaita.kernel.states import Row, StateTable

FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- written by `./qaita manage reference`; a test compares it with the code -->\n\n"


def _state_modules() -> Iterator[ModuleType]:
    for room in pkgutil.iter_modules(qaita.__path__):
        if not room.ispkg:
            continue
        folder = Path(qaita.__path__[0]) / room.name / "states"
        if folder.with_suffix(".py").exists() or folder.is_dir():
            yield importlib.import_module(f"qaita.{room.name}.states")


def state_tables() -> list[tuple[str, StateTable[Any]]]:
    """Return every life there is, with its room."""
    found: dict[int, tuple[str, StateTable[Any]]] = {}
    for module in _state_modules():
        for value in vars(module).values():
            if isinstance(value, StateTable) and value.rows:
                found.setdefault(id(value), (module.__name__.split(".")[1], value))
    return sorted(found.values(), key=lambda pair: (pair[0], pair[1].name))


def _line(row: Row[Any]) -> str:
    guards = ", ".join(guard.__name__.replace("_", " ") for guard in row.guards) or "–"
    return (
        f"| {row.action} | {', '.join(row.sources)} | {row.target} |"
        f" {', '.join(row.roles)} | {guards} |"
    )


def lives() -> str:
    """Return every state table as a diagram and a table."""
    parts = ["# Lives\n\n", NOTE]
    for room, table in state_tables():
        parts.append(f"## {room}: {table.name}\n\n```mermaid\nstateDiagram-v2\n")
        parts.append(f"    [*] --> {table.initial}\n")
        for row in table.rows:
            parts += [f"    {source} --> {row.target}: {row.action}\n" for source in row.sources]
        parts.append("```\n\n| action | from | to | by | only when |\n|---|---|---|---|---|\n")
        parts.append("\n".join(_line(row) for row in table.rows) + "\n\n")
    return "".join(parts).rstrip() + "\n"


def variables() -> str:
    """Return the variables of the environment."""
    head = "# Settings\n\n" + NOTE + "| variable | default | what it does |\n|---|---|---|\n"
    rows = []
    for name in sorted(settings.VARIABLES):
        variable = settings.VARIABLES[name]
        default = variable.default.replace(str(ROOT), ".")
        rows.append(f"| `{name}` | {f'`{default}`' if default else '–'} | {variable.help} |")
    return head + "\n".join(rows) + "\n"


def commands() -> str:
    """Return our commands and their own words."""
    head = "# Commands\n\n" + NOTE + "`./qaita VERB`; `./qaita VERB --help` tells the rest.\n\n"
    rows = ["| verb | what it does |", "|---|---|"]
    for name, app in sorted(get_commands().items()):
        if app == "qaita.console":
            words = " ".join(str(load_command_class(app, name).help).split())
            rows.append(f"| `{name}` | {words} |")
    return head + "\n".join(rows) + "\n"


def _plain(value: Any) -> str:
    """Return a value of the law as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    return str(value)


def _law_rows(topic: str, entries: dict[str, Any]) -> Iterator[str]:
    rooms = applied()[topic]
    for name, entry in entries.items():
        for day, value in entry["values"].items():
            told, unit = _plain(value["value"]), entry.get("unit", "").replace("_", " ")
            told = told if len(told) < 80 else told[:77] + "…"
            source = f"{value.get('source', '')} {value.get('clause', '')}".strip()
            mark = " *assumed*" if value.get("assumed") else ""
            means = entry["means"]["en"]
            by = ", ".join(rooms[name]) or "–"
            yield f"| {topic} | {name}: {means} | {told} {unit} | {day} | {source}{mark} | {by} |"


def law() -> str:
    """Return every value of the law with its first day and source."""
    head = (
        "# Law\n\n"
        + NOTE
        + ("| topic | value | is | from | source | applied by |\n|---|---|---|---|---|---|\n")
    )
    rows: list[str] = []
    for path in sorted((Path(qaita.__path__[0]) / "law" / "parameters").glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows += _law_rows(path.stem, loaded)
    return head + "\n".join(row.replace("\n", " ") for row in rows) + "\n"


def pages() -> dict[Path, str]:
    """Return every page of docs/reference with its text."""
    made = {"lives": lives, "settings": variables, "commands": commands, "law": law}
    return {FOLDER / f"{name}.md": make() for name, make in made.items()} | page()


def write_pages() -> list[Path]:
    """Write the pages that changed; return them."""
    changed = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
