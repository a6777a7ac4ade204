"""An official changes packages of the country's plan: the price is shown, then confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qaita.kernel.errors import Missing
from qaita.kernel.money import from_million
from qaita.kernel.states import Ask
from qaita.ledger.queries import seen_of
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    Side,
    Wanted,
    Weighed,
    options_of_package,
    packages_of_run,
    price_swap,
    room_for,
)
from qaita.planning.states import COUNTRY_RUN
from qaita.programme.queries import held_packages
from qaita.programme.services import swap_packages
from qaita.web import formats
from qaita.web.desk.forms import DeskForm, sent
from qaita.web.lists import Choice
from qaita.web.middleware import Request
from qaita.web.planning.country import office_run
from qaita.web.planning.country_packages import CHOSEN, package_rows, packages_list
from qaita.web.planning.country_swap_words import (
    limit_rooms,
    price_of,
    side_words,
    swap_rows,
    told_of,
)

MOST_FOUND = 12
MOST_IN_BASKET = 50


class SwapForm(DeskForm):
    """Why, and what the page knew of the plan."""

    told_as = {"packages": "__all__"}

    reason = forms.CharField(
        label=gettext_lazy("Why: everybody reads it beside the plan"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class Chosen:
    """A package in the basket with all that can be done with it."""

    code: str
    now: Side
    options: list[tuple[int, str]]
    option: int
    project: str


@login_required
def swap(request: Request, code: str) -> HttpResponse:
    """Show what a swap costs and breaks; sent with a reason, make the plan that follows."""
    found = office_run(request, code)
    if found.value_kzt is None or not found.result_digest:
        raise Missing("run", code)
    asked = request.POST if request.method == "POST" else request.GET
    basket, unknown = _basket(found, asked)
    form = SwapForm(sent(request), initial={"seen": seen_of(found.code)})
    if request.method == "POST" and form.is_valid():
        return _make(request, found, {one.code: one.option for one in basket}, form)
    context = {
        **_context(request, found, basket, asked),
        "form": form,
        "unknown": unknown,
        **_weighed(found, basket),
    }
    status = 422 if form.is_bound else 200
    return render(request, "planning/country_swap.html", context, status=status)


def _make(
    request: Request, run: CountryRun, wanted: Mapping[str, int], form: SwapForm
) -> HttpResponse:
    said = form.cleaned_data
    made = swap_packages(
        run, wanted, reason=said["reason"], seen=said["seen"], by=request.actor, at=request.at
    )
    messages.success(request, _("The change is made and written down: this is the plan it gives."))
    return redirect("planning:country_run", made.code)


def _basket(run: CountryRun, asked: QueryDict) -> tuple[list[Chosen], list[str]]:
    """Return the packages that were picked, and the codes that the plan does not know."""
    dropped = asked.get("drop", "")
    codes = [*asked.getlist("package"), asked.get("add", "")]
    codes = [code.strip().upper() for code in codes]
    picked = list(dict.fromkeys(code for code in codes if code and code != dropped))
    options = dict(zip(codes, asked.getlist("option"), strict=False))
    basket, unknown = [], []
    held = held_packages(run, picked)
    for code in picked[:MOST_IN_BASKET]:
        try:
            now, sides = options_of_package(run, code)
        except Missing:
            unknown.append(code)
            continue
        basket.append(_chosen(code, (now, sides), options.get(code, ""), held.get(code, "")))
    return basket, unknown


def _chosen(code: str, known: tuple[Side, list[Side]], option: str, project: str) -> Chosen:
    now, sides = known
    there = {str(side.option): side.option for side in sides}
    return Chosen(
        code,
        now,
        [(side.option, _option_words(side)) for side in sides],
        there.get(option, now.option),
        project,
    )


def _option_words(side: Side) -> str:
    words = side_words(vars(side))
    if not side.option:
        return words
    cost, benefit = (
        formats.money_text(from_million(mkzt), short=True)
        for mkzt in (side.cost_mkzt, side.benefit_mkzt)
    )
    told = {"what": words, "cost": cost, "benefit": benefit}
    return _("%(what)s: costs %(cost)s, avoids %(benefit)s") % told


def _context(
    request: Request, run: CountryRun, basket: list[Chosen], asked: QueryDict
) -> dict[str, Any]:
    """Return the page without the price: the basket and what may be added to it."""
    listing = packages_list(run)
    names = ("is_chosen", "region", "service", "year")
    fields = [
        (one.key, one.title, asked.get(one.key, ""), one.pairs())
        for one in listing.filters
        if isinstance(one, Choice) and one.key in names
    ]
    return {
        "run": run,
        "basket": basket,
        "reasons": COUNTRY_RUN.why_not("override", Ask(run, request.actor, request.at)),
        "fields": fields,
        "found": _found(run, asked, {one.code for one in basket}),
    }


def _found(run: CountryRun, asked: QueryDict, picked: set[str]) -> list[Any]:
    """Return some packages that fit what is looked for and are not picked yet."""
    year, decision = asked.get("year", ""), asked.get("is_chosen", "")
    wanted = Wanted(
        service=asked.get("service", ""),
        region=asked.get("region", ""),
        year=int(year) if year.isdecimal() else None,
        is_chosen=decision == "yes" if decision in dict(CHOSEN) else None,
    )
    page = packages_of_run(run, wanted, limit=MOST_FOUND + len(picked))
    rows = package_rows(run)
    lines = [line for line in page.lines if line.code not in picked][:MOST_FOUND]
    return [rows.row(line) for line in lines]


def _weighed(run: CountryRun, basket: list[Chosen]) -> dict[str, Any]:
    """Return the price of what is picked, and what would make room where a limit breaks."""
    wanted = {one.code: one.option for one in basket if one.option != one.now.option}
    if not wanted:
        return {}
    weighed = price_swap(run, wanted)
    broken = [row for row in weighed.rows if row.is_broken]
    told = told_of(weighed)
    return {
        "price": price_of(told),
        "rows": swap_rows(run, told["packages"]),
        "limits": limit_rooms(run, weighed),
        "is_broken": bool(broken),
        "is_held": any(one.project for one in basket if one.code in wanted),
        "room": _room(run, weighed) if broken else None,
        "value_kzt": from_million(weighed.worth_mkzt),
    }


def _room(run: CountryRun, weighed: Weighed) -> dict[str, Any] | None:
    """Return the cheapest further changes that keep every limit, and the address that adds them."""
    whole = room_for(run, weighed)
    if whole is None:
        return None
    mine = {one.code for one in weighed.packages}
    told = told_of(whole)
    more = [one for one in told["packages"] if one["code"] not in mine]
    pairs = [
        pair
        for one in told["packages"]
        for pair in (("package", one["code"]), ("option", one["after"]["option"]))
    ]
    words = ngettext(
        "With %(n)s further change every limit is kept.",
        "With %(n)s further changes every limit is kept.",
        len(more),
    )
    return {
        "words": words % {"n": formats.number_text(len(more))},
        "rows": swap_rows(run, more),
        "price": price_of(told),
        "query": urlencode(pairs),
    }
