"""Every state of every life has words, in every language."""

import importlib
import pkgutil

import pytest
from django.utils import translation

import qaita
from qaita.accounts.roles import ROLES
from qaita.kernel.states import StateTable, state_words
from qaita.web import labels
from qaita.web.ledger.actions import ACTIONS

TONES = {"good", "warn", "bad", "info", "muted"}


def tables() -> list[StateTable]:
    """Return every state table of every room."""
    found = {}
    for room in pkgutil.iter_modules(qaita.__path__):
        name = f"qaita.{room.name}.states"
        if importlib.util.find_spec(f"qaita.{room.name}") and importlib.util.find_spec(name):
            for value in vars(importlib.import_module(name)).values():
                if isinstance(value, StateTable):
                    found[value.name] = value
    return list(found.values())


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_state_of_a_life_has_words(table) -> None:
    missing = [state for state in table.states if state not in labels.STATES.get(table.name, {})]
    assert not missing, f"{table.name}: {missing} – add them to web/state_words.py"


def test_tones_are_known_and_words_translated() -> None:
    for kind, states in labels.STATES.items():
        for state, label in states.items():
            assert label.tone in TONES, (kind, state)
            with translation.override("kk"):
                kazakh = str(label.title)
            assert kazakh != str(label.title) or kazakh, (kind, state)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_words(role) -> None:
    assert str(labels.role_of(role)) != role


def test_an_unknown_state_is_still_readable() -> None:
    assert str(labels.state_of("thing", "half_done").title) == "Half done"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_step_of_a_life_has_words_in_the_ledger(table) -> None:
    kinds = {f"{table.name}.{row.action}" for row in table.rows}
    missing = sorted(kinds - set(ACTIONS))
    assert not missing, f"{missing} – add them to web/ledger/actions.py"


def test_a_refusal_says_a_state_as_people_call_it():
    with translation.override("ru"):
        assert state_words("project", "submitted") == "Подан"
    assert state_words("project", "never heard of") == "never heard of"
