"""Every verb of a room has a door: a page, the API, a command or a job leads to it."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.reading import ROOMS, modules, place, tree

DEMONSTRATION = "demonstration"  # what only it does, nobody can do
WITHOUT = {
    "make_demo_people": "the demonstration's own people",
    "issue_demonstration_certificate": "the demonstration's own keys",
    "register_producers_many": "the demonstration's register, in bulk",
    "draft_projects": "many drafts at once, for a demonstration or an import",
    "load_targets": "the basis of every installation, loaded when it is filled",
    "load_territory": "the basis of every installation, loaded when it is filled",
    "leave_works": "no page yet gives a site up",
}


def _doors() -> list[Path]:
    doors = [path for path in modules("web", "api", "console") if DEMONSTRATION not in path.parts]
    return doors + [path for path in modules(*ROOMS) if path.stem == "jobs"]


def _verbs() -> dict[str, str]:
    """Return every public function of the services that says when it happens, with its place."""
    return {
        node.name: place(path, node)
        for path in modules(*ROOMS)
        if "services" in (path.stem, path.parent.name)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(argument.arg == "at" for argument in node.args.kwonlyargs)
    }


def _names(node: ast.AST) -> set[str]:
    """Return every name that is said in a piece of code."""
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute)
    }


def _said_by() -> dict[str, set[str]]:
    """Return what each function and table of the rooms says."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in modules(*ROOMS):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] |= _names(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    found[getattr(target, "id", "")] |= _names(node)
    return found


def test_every_verb_is_reached_from_a_door():
    said_by = _said_by()
    reached = {name for path in _doors() for name in _names(tree(path))}
    waiting = list(reached)
    while waiting:
        further = said_by.get(waiting.pop(), set()) - reached
        reached |= further
        waiting.extend(further)
    doorless = {name: at for name, at in _verbs().items() if name not in reached}
    assert sorted(doorless) == sorted(WITHOUT), doorless
