"""Typed readers of environment variables; `./qaita settings` lists all that were asked for."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Variable:
    """One variable the product reads."""

    name: str
    default: str
    help: str
    secret: bool = False


ASKED: dict[str, Variable] = {}


def text(name: str, default: str, help: str) -> str:  # noqa: A002 -- the word users see
    """Return the variable as text."""
    ASKED[name] = Variable(name, default, help)
    return os.environ.get(name, default)


def number(name: str, default: int, help: str) -> int:  # noqa: A002 -- the word users see
    """Return the variable as a whole number, or say which variable is not one."""
    value = text(name, str(default), help)
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {value!r}.") from None


def flag(name: str, default: bool, help: str) -> bool:  # noqa: A002, FBT001 -- a switch is a bool
    """Return the variable as yes or no."""
    return text(name, "1" if default else "0", help).lower() in {"1", "true", "yes", "on"}


def secret(name: str, default: str, help: str) -> str:  # noqa: A002 -- the word users see
    """Return a secret from NAME, or from the file that NAME_FILE names."""
    ASKED[name] = Variable(name, "", help, secret=True)
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, default)
