"""Every life of the house: sound as a table, closed to a nobody, each guard seen to refuse."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from itertools import product
from types import SimpleNamespace

import pytest
from django.apps import apps

from qaita.accounts.roles import ROLES
from qaita.kernel.actor import NOBODY, PUBLIC, Scope
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from tests.house.reading import PACKAGE, ROOMS, ROOT, text_of

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)


def _tables() -> dict[str, StateTable]:
    found = {}
    for room in ROOMS:
        if (PACKAGE / room / "states.py").exists():
            for value in vars(import_module(f"qaita.{room}.states")).values():
                if isinstance(value, StateTable):
                    found[f"{room}.{value.name}"] = value
    return found


TABLES = _tables()
ROWS = [(name, row) for name, table in TABLES.items() for row in table.rows]
GUARDS = {
    f"{guard.__module__.removeprefix('qaita.')}.{guard.__name__}": guard
    for _name, row in ROWS
    for guard in row.guards
}


def _named(value: object) -> str:
    return value if isinstance(value, str) else f"{value.action}-{'-'.join(value.sources)}"


def test_the_house_has_lives():
    assert len(TABLES) >= 15


@pytest.mark.parametrize(("name", "row"), ROWS, ids=_named)
def test_a_nobody_takes_no_row(name: str, row: Row):
    strangers = [NOBODY] if "citizen" in row.roles else [NOBODY, PUBLIC]
    for state, by in product(row.sources, strangers):
        thing = SimpleNamespace(code="X", state=state, scope_for=lambda _role: Scope())
        reasons = TABLES[name].why_not(row.action, Ask(thing, by, AT))
        assert [reason.code for reason in reasons] == ["not_your_role"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_life_is_sound(name: str):
    table = TABLES[name]
    leaving = [
        (row.action, state, role)
        for row in table.rows
        for state in row.sources
        for role in row.roles
    ]
    assert len(leaving) == len(set(leaving)), "two rows for one action, state and role"
    assert {role for row in table.rows for role in row.roles} <= set(ROLES)
    reached = {table.initial}
    while new := {r.target for r in table.rows if reached & set(r.sources)} - reached:
        reached |= new
    assert reached == set(table.states), "a state that nothing leads to"


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_row_begins_where_its_life_begins(name: str):
    room, _dot, own = name.partition(".")
    models = [m for m in apps.get_app_config(room).get_models() if hasattr(m, "scope_for")]
    (model,) = [m for m in models if m._meta.model_name == own.replace("_", "")]
    state = model._meta.get_field("state")
    table = TABLES[name]
    assert state.default == table.initial
    assert all(len(one) <= state.max_length for one in table.states)


def _function(function: Callable) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _codes_in(function: Callable, depth: int = 3) -> Iterator[str]:
    """Yield, in quotes, the codes of the reasons that a guard, or what it calls, may give."""
    for node in ast.walk(_function(function)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
            yield f'"{node.args[0].value}"'
        value = _meant(node, function)
        if isinstance(value, Reason):
            yield f'"{value.code}"'
        elif depth and inspect.isfunction(value) and value.__module__.startswith("qaita."):
            yield from _codes_in(value, depth - 1)


def _meant(node: ast.AST, function: Callable) -> object:
    """Return what a name, or a name of a module such as `errors.NO_LOTS`, stands for."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = function.__globals__.get(node.value.id)
        return getattr(module, node.attr, None) if inspect.ismodule(module) else None
    return function.__globals__.get(node.id) if isinstance(node, ast.Name) else None


@pytest.fixture(scope="module")
def told() -> str:
    """Return the text of all tests but the house's own."""
    tests = (ROOT / "tests").rglob("test_*.py")
    return "\n".join(text_of(path) for path in tests if path.parent.name != "house")


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_every_guard_is_seen_to_refuse(name: str, told: str):
    codes = sorted(set(_codes_in(GUARDS[name])))
    assert codes, "a guard that can give no reason"
    assert any(code in told for code in codes), f"no test sees it refuse: {codes}"
