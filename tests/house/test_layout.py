"""The newcomer finds the right file within ten seconds."""

import ast
import re

import pytest

from tests.house.reading import (
    DOORS,
    OPEN,
    PACKAGE,
    ROOMS,
    ROOT,
    imports,
    modules,
    place,
    room_of,
    tree,
)

FRONT_DOORS = {"jobs", "services", "queries", "models", "states", "errors"}
# topics that a room offers beside its front doors, each for the reason given
OFFERED = {
    "accounts.roles": "who may do what is asked everywhere",
    "ledger.grouping": "changes that come in crowds share a commit, each with its entry",
    "ledger.leaves": "bulk verbs build their entries",
    "accounts.signing": "documents of every room are signed",
    "networks.geometry": "lines are packed in one way everywhere",
    "networks.importing": "doors read and judge a file before anything is stored",
    "disclosure.bulk": "doors hand out the files it writes",
    "disclosure.contracting": "doors hand out the releases it writes",
    "disclosure.features": "doors hand out the collections it reads",
    "disclosure.publishing": "the publisher needs doors to make pages and this room to keep them",
    "networks.parsed": "generators hand over networks in memory",
}
BANNED = {"utils", "helpers", "common", "mixins", "signals", "misc", "base", "manager", "managers"}
FUNCTION_LINES = 50
FILE_LINES = 400


def test_a_room_is_entered_through_its_front_doors_only():
    wrong = []
    for path in modules():
        own = room_of(path)
        if own == "config":
            continue
        for node, name in imports(path):
            parts = name.split(".")
            if parts[0] != "qaita" or len(parts) < 3 or parts[1] in (own, *OPEN, *DOORS):
                continue
            if parts[2] not in FRONT_DOORS and f"{parts[1]}.{parts[2]}" not in OFFERED:
                wrong.append(f"{place(path, node)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_doors_do_not_open_into_each_other():
    wrong = [
        f"{place(path, node)} imports {name}"
        for path in modules("web", "api", "console")
        for node, name in imports(path)
        if name.startswith(tuple(f"qaita.{door}." for door in DOORS))
        and name.split(".")[1] not in (room_of(path), "config")
    ]
    assert not wrong, "\n".join(wrong)


def test_every_room_says_what_it_is():
    silent = [room for room in ROOMS if not ast.get_docstring(tree(PACKAGE / room / "__init__.py"))]
    assert not silent


def test_no_file_has_a_name_that_says_nothing():
    wrong = [place(path) for path in modules() if path.stem in BANNED or path.parent.name in BANNED]
    assert not wrong


def test_no_import_hides_in_a_function():
    wrong = [
        place(path, inner)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_imports_for_types_alone():
    wrong = [
        place(path, node)
        for path in modules()
        for node, name in imports(path)
        if name.endswith("TYPE_CHECKING")
    ]
    assert not wrong


def test_functions_fit_on_a_screen():
    wrong = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    wrong.append(f"{place(path, node)} {node.name}: {length} lines")
    assert not wrong, "\n".join(wrong)


def test_files_stay_short():
    own_tests = list((ROOT / "tests").rglob("*.py"))
    wrong = [
        f"{place(path)}: {count} lines"
        for path in (*modules(), *own_tests)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_no_two_services_share_a_name():
    seen: dict[str, str] = {}
    wrong = []
    for path in modules(*ROOMS):
        inside = path.relative_to(PACKAGE).parts
        if inside[1] != "services.py" and inside[1] != "services":
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                where = place(path, node)
                if node.name in seen:
                    wrong.append(f"{node.name}: {where} and {seen[node.name]}")
                seen[node.name] = where
    assert not wrong, "\n".join(wrong)


def test_services_are_verbs_of_the_trade():
    banned = re.compile(r"^(process|handle|do|manage|perform|execute)_")
    wrong = [
        place(path, node)
        for path in modules(*ROOMS)
        if path.stem == "services" or path.parent.name == "services"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and banned.match(node.name)
    ]
    assert not wrong


@pytest.mark.parametrize("part", ["src/qaita", "tests"])
def test_no_todo_without_a_number(part):
    wrong = []
    for path in sorted((ROOT / part).rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b(?!.*#\d)", line):
                wrong.append(f"{place(path)}:{number}")
    assert not wrong, "\n".join(wrong)
