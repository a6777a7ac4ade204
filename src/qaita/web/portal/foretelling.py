"""How a utility's failures are foretold: the model in words, and how all did when tried."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.engine.wear.judging import SHARES
from qaita.networks.models import FailureModel, UtilityService
from qaita.networks.queries import failure_model_of

NAMES: dict[str, str | Promise] = {
    "nhpp": _("rate by age, corrected by the section's own failures"),
    "leyp": _("every failure brings the next one nearer"),
    "mixed": _("mean of the two failure processes"),
    "corrected": _("mean of the processes, corrected by its past errors"),
    "trees": _("mean of the processes, corrected by decision trees"),
    "blend": _("blend of the processes and both corrections"),
    "age": _("rule: the oldest first"),
    "material": _("rule: the worst material first"),
    "past": _("rule: the most past failures per km first"),
    "past_then_material": _("rule: past failures per km, then material"),
}


@dataclass(frozen=True)
class Tried:
    """A line of the table: how much of the failures lay on the first shares of length."""

    name: str | Promise
    is_used: bool
    is_model: bool
    caught: list[tuple[float, float]]  # (share of length, share of failures)
    area: float


@dataclass(frozen=True)
class Foretelling:
    """The model that is used, in words, and all that were tried, best first."""

    model: FailureModel
    name: str | Promise
    tried: list[Tried]
    coverage: float | None
    shares: tuple[float, ...] = SHARES


def foretelling_of(owner: UtilityService) -> Foretelling | None:
    """Return how failures of a service are foretold; None where nobody's records suffice."""
    model = failure_model_of(owner)
    if model is None:
        return None
    tried = [_tried(line, model.name) for line in model.leaderboard]
    used = [line for line in model.leaderboard if line["name"] == model.name]
    coverage = used[0]["coverage"] if used else None
    return Foretelling(model, NAMES.get(model.name, model.name), tried, coverage)


def _tried(line: dict[str, Any], used: str) -> Tried:
    caught = list(zip(SHARES, line["caught"], strict=True))
    name = NAMES.get(line["name"], line["name"])
    return Tried(name, line["name"] == used, line["is_model"], caught, line["area"])
