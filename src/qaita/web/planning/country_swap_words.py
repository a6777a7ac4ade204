"""What a swap of packages by hand costs and changes, in words and figures, before and after it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qaita.kernel.money import from_million
from qaita.planning.models import CountryRun
from qaita.planning.queries import RunWords, Weighed, swaps_of
from qaita.web import formats
from qaita.web.links import link
from qaita.web.planning.country_packages import METHODS, PUBLIC

NOTHING = "nothing"
TRIFLE = 5e-7  # million tenge: less than a tenge


@dataclass(frozen=True)
class SwapRow:
    """One package of a swap."""

    code: str
    url: str
    before: str
    after: str
    more_cost: str
    lost: str


@dataclass(frozen=True)
class ShownSwap:
    """A swap that was made: when, why, what it costs, its packages."""

    run: CountryRun
    from_run: CountryRun
    is_from_public: bool  # a plan that was never in force has no public page
    at: datetime
    reason: str
    headline: str
    price: list[tuple[str, str]]
    rows: list[SwapRow]


@dataclass(frozen=True)
class LimitRoom:
    """What is left of a limit before and after a swap."""

    name: str
    before: str
    after: str
    is_broken: bool
    short: str


def side_words(side: Mapping[str, Any]) -> str:
    """Return an option of a package in words."""
    method = str(METHODS.get(side["method"], side["method"]))
    return f"{side['year']}, {method}" if side["year"] else method


def _money(mkzt: float) -> str:
    return formats.money_text(from_million(mkzt), short=True)


def _signed(mkzt: float) -> str:
    return "0 ₸" if abs(mkzt) < TRIFLE else f"{'+' if mkzt > 0 else ''}{_money(mkzt)}"


def price_of(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the price of a swap, line by line: losses, failures, money, regret."""
    lost, cost, failures = (told[n] for n in ("lost_mkzt", "more_cost_mkzt", "fewer_failures"))
    rows = [
        (
            _("Losses avoided over 30 years: less by")
            if lost >= 0
            else _("Losses avoided over 30 years: more by"),
            _money(abs(lost)),
        ),
        (
            _("Failures avoided over 30 years: fewer by")
            if failures >= 0
            else _("Failures avoided over 30 years: more by"),
            formats.number_text(abs(failures), 2),
        ),
        (_("Money spent: more by") if cost >= 0 else _("Money spent: less by"), _money(abs(cost))),
    ]
    if "regret_mkzt" in told:
        words = _("Price of the change at the prices of the limits")
        rows.append((words, _signed(told["regret_mkzt"])))
    return rows


def headline_of(told: Mapping[str, Any]) -> str:
    """Return in one sentence how much an official changed and at what price."""
    count = len(told["packages"])
    words = {
        "n": formats.number_text(count),
        "failures": formats.number_text(abs(told["fewer_failures"]), 2),
        "money": _money(abs(told["lost_mkzt"])),
    }
    if told["lost_mkzt"] >= 0 and told["fewer_failures"] >= 0:
        text = ngettext(
            "Changed by an official: %(n)s package. Over 30 years it costs %(failures)s failures "
            "that will not be avoided and %(money)s of losses.",
            "Changed by an official: %(n)s packages. Over 30 years it costs %(failures)s failures "
            "that will not be avoided and %(money)s of losses.",
            count,
        )
    else:
        text = ngettext(
            "Changed by an official: %(n)s package. What it costs and brings stands below.",
            "Changed by an official: %(n)s packages. What it costs and brings stands below.",
            count,
        )
    return text % words


def swap_rows(run: CountryRun, packages: Iterable[Mapping[str, Any]]) -> list[SwapRow]:
    """Return the packages of a swap; they are linked where the public may look."""
    is_public = run.state in PUBLIC
    return [
        SwapRow(
            one["code"],
            link("country_package", run.code, one["code"]) if is_public else "",
            side_words(one["before"]),
            side_words(one["after"]),
            _signed(one["after"]["cost_mkzt"] - one["before"]["cost_mkzt"]),
            _signed(one["after"]["benefit_mkzt"] - one["before"]["benefit_mkzt"]),
        )
        for one in packages
    ]


def shown_swaps(run: CountryRun) -> list[ShownSwap]:
    """Return every swap that led to a run, the newest first."""
    return [
        ShownSwap(
            one,
            one.swapped_from,
            one.swapped_from.state in PUBLIC,
            one.asked_at,
            told["reason"],
            headline_of(told),
            price_of(told),
            swap_rows(run, told["packages"]),
        )
        for one, told in swaps_of(run)
        if one.swapped_from is not None
    ]


def told_of(weighed: Weighed) -> dict[str, Any]:
    """Return a swap that is only weighed yet in the shape in which a made one is stored."""
    return {
        "lost_mkzt": weighed.lost_mkzt,
        "more_cost_mkzt": weighed.more_cost_mkzt,
        "fewer_failures": weighed.fewer_failures,
        "packages": [
            {"code": one.code, "before": asdict(one.before), "after": asdict(one.after)}
            for one in weighed.packages
        ],
    }


def limit_rooms(run: CountryRun, weighed: Weighed) -> list[LimitRoom]:
    """Return what a swap leaves of every limit it touches, those that break first."""
    words = RunWords(run, formats.language())
    found = []
    for row in weighed.rows:
        limit = words.rows[row.row]
        before, after = (_amount(row.most - used, limit.unit) for used in (row.before, row.after))
        short = words.short(row.row, row.over) if row.is_broken else ""
        found.append(LimitRoom(words.limit(limit), before, after, row.is_broken, short))
    return found


def _amount(value: float, unit: str) -> str:
    return _money(value) if unit == "mkzt" else formats.length_text(1_000 * value)
