"""Finds out which rooms act on each legal value, by reading the code that reads it.

A value is applied by a room when a module of the room takes it from the law's dataclass: by its
name, by a method of that dataclass, by name through `getattr`, or out of `read_topic`. Doors that
only show values (portal, API, commands) apply nothing; desk pages count for their room.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

import qaita
from qaita.law.reading import APPLIED, read_topic, topics

PACKAGE = Path(qaita.__path__[0])
SHOWING = {"api", "config", "console", "disclosure", "kernel", "law"}
NOTE = "# written by `./qaita manage reference` from the code; a test compares them\n"
Use = tuple[str, str]  # topic and name


@dataclass
class Read:
    """What one module reads: names of attributes, written names, and topics it takes in."""

    room: str
    topics: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    asked_by_name: bool = False  # it calls getattr
    asked_rows: set[Use] = field(default_factory=set)  # read_topic("x")["y"]


def _room(path: Path) -> str:
    """Return the room a module works for; empty when it only shows."""
    inside = path.relative_to(PACKAGE).parts
    room = inside[1] if inside[0] == "web" and len(inside) > 2 else inside[0]
    is_room = (PACKAGE / room / "__init__.py").is_file() and room not in SHOWING
    return room if len(inside) > 1 and is_room and room != "web" else ""


@cache
def _trees() -> dict[Path, ast.Module]:
    paths = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def _imported(node: ast.ImportFrom) -> Iterator[str]:
    if node.module == "qaita.law":
        yield from (alias.name for alias in node.names)
    elif node.module and node.module.startswith("qaita.law."):
        yield node.module.rpartition(".")[2]


def _row_asked(node: ast.Subscript) -> Iterator[Use]:
    """Find `read_topic("x")["y"]`."""
    called, key = node.value, node.slice
    if not (isinstance(called, ast.Call) and getattr(called.func, "id", "") == "read_topic"):
        return
    first = called.args[0] if called.args else None
    if isinstance(first, ast.Constant) and isinstance(key, ast.Constant):
        yield str(first.value), str(key.value)


def _note(found: Read, node: ast.AST) -> None:
    match node:
        case ast.ImportFrom():
            found.topics |= set(_imported(node)) & set(topics())
        case ast.Attribute(ctx=ast.Load()):
            found.attributes.add(node.attr)
        case ast.Constant(value=str() as text):
            found.strings.add(text)
        case ast.Call(func=ast.Name(id="getattr")):
            found.asked_by_name = True
        case ast.Subscript():
            found.asked_rows |= set(_row_asked(node))


def _read(path: Path, tree: ast.Module) -> Read:
    found = Read(_room(path))
    for node in ast.walk(tree):
        _note(found, node)
    return found


@cache
def _methods() -> dict[str, set[Use]]:
    """Return what each method of a law's dataclass reads of it."""
    found: dict[str, set[Use]] = defaultdict(set)
    for topic in topics():
        for node in ast.walk(_trees()[PACKAGE / "law" / f"{topic}.py"]):
            if not isinstance(node, ast.ClassDef):
                continue
            for method in (one for one in node.body if isinstance(one, ast.FunctionDef)):
                names = {one.attr for one in ast.walk(method) if isinstance(one, ast.Attribute)}
                found[method.name] |= {(topic, name) for name in names & set(read_topic(topic))}
    return found


def _names_of(node: ast.stmt) -> Iterator[str]:
    """Return the name a statement in the body of a class declares."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.Assign):
        yield from (one.id for one in node.targets if isinstance(one, ast.Name))
    elif isinstance(node, ast.FunctionDef):
        yield node.name


@cache
def _elsewhere() -> frozenset[str]:
    """Return the names that classes outside the law declare: by themselves they prove nothing."""
    bodies = (
        statement
        for path, tree in _trees().items()
        if path.parent.name != "law"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
    )
    return frozenset(name for statement in bodies for name in _names_of(statement))


def _uses(found: Read, room_topics: set[str]) -> Iterator[Use]:
    """Return the values a module acts on."""
    yield from found.asked_rows
    for topic in room_topics:
        names = set(read_topic(topic))
        sure = names if topic in found.topics else names - _elsewhere()
        yield from ((topic, name) for name in sure & found.attributes)
        if found.asked_by_name and topic in found.topics:
            yield from ((topic, name) for name in names & found.strings)
    for method in found.attributes & set(_methods()):
        yield from (use for use in _methods()[method] if use[0] in room_topics)


@cache
def applied() -> Mapping[str, Mapping[str, list[str]]]:
    """Return for every topic and value the rooms that act on it."""
    reads = [_read(path, tree) for path, tree in _trees().items() if _room(path)]
    of_room: dict[str, set[str]] = defaultdict(set)
    for found in reads:
        of_room[found.room] |= found.topics
    rooms: dict[Use, set[str]] = defaultdict(set)
    for found in reads:
        for use in _uses(found, of_room[found.room]):
            rooms[use].add(found.room)
    return {
        topic: {name: sorted(rooms[topic, name]) for name in read_topic(topic)}
        for topic in topics()
    }


def written() -> str:
    """Return the file that tells which rooms act on each value."""
    return NOTE + yaml.safe_dump(
        {topic: dict(rows) for topic, rows in applied().items()}, sort_keys=False, width=100
    )


def page() -> dict[Path, str]:
    """Return the file with its text, for `./qaita manage reference`."""
    return {APPLIED: written()}
