"""States move in one place, law is data, quantities carry their units."""

import ast
import re

from django.apps import apps
from django.db import models

from qaita.kernel.units import SUFFIXES
from tests.house.reading import ROOMS, modules, place, room_of, tree

# the ledger moves states; territory and law have none
MOVERS = {"ledger"}
# rows of a template that shows how to fill it
EXAMPLES = {"src/qaita/networks/importing/columns.py"}
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(T|$)")
MAKERS = {"date", "datetime"}

# numbers that count things or are pure numbers; everything else carries a unit
PURE = re.compile(
    r"(^|_)(count|number|no|index|height|size|version|year|month|rank|order|priority|rating|"
    r"score|seed|attempts?|population|consumers?|consumers_off|quorum|threshold_k|key|level|"
    r"pipe_count|weight|points|total|mismatches|position|step|row|rows|zoom|hash|duplicates|"
    r"population_\w+|apartments|households|stage|elevation_m|quantity|confidence|objective|"
    r"bound|gap|benefit|workers|machines|width|threshold|place|failures_counted|rank_\w+|"
    r"condition|capacity_per_year|value|k|n|id)$"
)


# named by Django's own table of people
DJANGOS = {"last_login", "date_joined"}


def _strings(node: ast.AST) -> list[str]:
    return [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]


def _moves_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "update":
        return any(word.arg == "state" for word in node.keywords)
    return node.func.attr == "bulk_update" and "state" in _strings(node)


def test_only_the_ledger_moves_a_state():
    wrong = [
        place(path, node)
        for path in modules()
        if room_of(path) not in MOVERS
        for node in ast.walk(tree(path))
        if _moves_state(node)
    ]
    assert not wrong, "\n".join(wrong)


def _is_date(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(DATE.match(node.value))
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        years = [a for a in node.args[:1] if isinstance(a, ast.Constant)]
        return name in MAKERS and any(isinstance(y.value, int) for y in years)
    return False


def test_no_date_is_written_into_a_room():
    wrong = [
        place(path, node)
        for path in modules(*ROOMS, "kernel", "engine")
        if place(path) not in EXAMPLES
        for node in ast.walk(tree(path))
        if _is_date(node)
    ]
    assert not wrong, "\n".join(wrong)


def _has_unit(name: str) -> bool:
    return any(name == suffix or name.endswith(f"_{suffix}") for suffix in SUFFIXES)


def test_numbers_in_tables_carry_their_unit_in_the_name():
    numeric = (models.FloatField, models.DecimalField, models.IntegerField)
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("qaita."):
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, numeric) or field.primary_key or field.is_relation:
                continue
            if not (_has_unit(field.name) or PURE.search(field.name)):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert not wrong, "\n".join(wrong)


def test_days_and_instants_are_named_so():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("qaita."):
            continue
        for field in model._meta.get_fields():
            if getattr(field, "name", "") in DJANGOS:
                continue
            if isinstance(field, models.DateTimeField):
                if not field.name.endswith(("_at", "at", "_from", "_until")):
                    wrong.append(f"{model._meta.label}.{field.name}")
            elif isinstance(field, models.DateField) and not field.name.endswith(
                ("_on", "on", "_from", "_until")
            ):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert not wrong, "\n".join(wrong)


def test_the_back_office_is_read_only():
    if not apps.is_installed("django.contrib.admin"):
        return
    from django.contrib import admin

    writable = [
        str(keeper)
        for keeper in admin.site._registry.values()
        if keeper.__module__.startswith("qaita.")
        and (keeper.has_add_permission(None) or keeper.has_delete_permission(None))
    ]
    assert not writable
