"""Reads the sources for the rules of the house."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "qaita"
DOORS = ("config", "web", "api", "console")
OPEN = ("kernel", "engine", "law", "gateways")
ROOMS = tuple(
    sorted(
        folder.name
        for folder in PACKAGE.iterdir()
        if (folder / "__init__.py").exists() and folder.name not in (*DOORS, "kernel", "engine")
    )
)


@cache
def modules(*rooms: str) -> tuple[Path, ...]:
    """Return the Python files of rooms (of all when none is named), without migrations."""
    folders = [PACKAGE / room for room in rooms] if rooms else [PACKAGE]
    return tuple(
        path
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return where something stands, as people write it."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{path.relative_to(ROOT)}{line}"


def room_of(path: Path) -> str:
    """Return the room a file belongs to."""
    inside = path.relative_to(PACKAGE).parts
    return inside[0] if len(inside) > 1 else ""


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Return every module a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def text_of(path: Path) -> str:
    """Return a file's text; nothing for pictures and the like."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
