"""The files of a country's run: what anybody can check of them, and what pages read from them."""

import csv
import json
from collections.abc import Iterator
from itertools import product

import numpy as np
import pyarrow.parquet as pq
import pytest

from qaita.kernel.errors import Missing
from qaita.networks.models import Section
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    RunWords,
    Wanted,
    folder_of,
    limit_rows,
    package_in_run,
    packages_of_run,
    plan_sums,
    sections_in_package,
)
from tests.planning.make import YEARS
from tests.planning.make_country import make_country_run, make_land, make_limits_of_land

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CountryRun:
    limits = make_limits_of_land(
        120,
        floors_km={"water": {YEARS[1]: 0.2}},
        domestic_shares={"heat": 0.6, "water": 0.6},
        red_zone_share=0.0,
    )
    made = make_country_run(make_land(), limits)
    assert made.state == "made"
    return made


class Proof:
    """A run read from its files alone, with nothing of the engine."""

    def __init__(self, run: CountryRun) -> None:
        self.folder = folder_of(run)
        self.facts = json.loads((self.folder / "run.json").read_text())
        self.years = len(self.facts["years"])
        limits = self.csv("limits.csv")
        self.amount, self.price, self.used = (
            np.array([float(row[name]) for row in limits]) for name in ("amount", "price", "used")
        )
        self.width = 2 * self.years + 1
        self.weights = np.zeros((len(limits), self.facts["counts"]["clusters"] * self.width))
        for row in self.csv("weights.csv"):
            column = int(row["cluster"]) * self.width + int(row["resource"])
            self.weights[int(row["row"]), column] = float(row["weight"])

    def csv(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def packages(self) -> Iterator[tuple[dict, dict, int]]:
        """Yield the pack, its columns and the place of every package."""
        for pack in self.facts["packs"]:
            read = (pq.read_table(self.folder / pack[k]).to_pydict() for k in ("file", "plan"))
            table = {name: np.array(column) for part in read for name, column in part.items()}
            yield from ((pack, table, g) for g in range(pack["size"]))

    def options(self, pack: dict, table: dict, g: int) -> tuple[list[float], list[np.ndarray]]:
        """Return what every option is worth and what it uses; the first is nothing."""
        worth, uses = [0.0], [np.zeros(self.weights.shape[1])]
        for (choice, take), t in product(enumerate(pack["take"]), range(self.years)):
            use = np.zeros(self.weights.shape[1])
            for m, k in ((m, k) for m, k in enumerate(take) if k >= 0):
                at = table[f"cluster_{m}"][g] * self.width
                cost = float(table[f"cost_{m}_{k}_{t}"][g])
                use[at + t] += cost
                use[at + self.years + t] += table[f"length_km_{m}"][g]
                use[at + 2 * self.years] += cost * table[f"deficit_{m}_{k}"][g]
            worth.append(float(table[f"benefit_{choice}_{t}"][g]))
            uses.append(use)
        return worth, uses


def test_anybody_recomputes_the_bound_the_worth_the_rows_and_the_gap(run: CountryRun):
    proof = Proof(run)
    local = proof.price @ proof.weights
    bound, value, regret = float(proof.price @ proof.amount), 0.0, 0.0
    used = np.zeros(len(local))
    for pack, table, g in proof.packages():
        worth, uses = proof.options(pack, table, g)
        profit = [one - float(use @ local) for one, use in zip(worth, uses, strict=True)]
        option = table["option"][g]
        assert table["regret_mkzt"][g] == pytest.approx(max(profit) - profit[option], abs=1e-6)
        bound, regret = bound + max(profit), regret + max(profit) - profit[option]
        used, value = used + uses[option], value + worth[option]
    assert bound == pytest.approx(proof.facts["bound_mkzt"], rel=1e-9)
    assert value == pytest.approx(proof.facts["value_mkzt"], rel=1e-9)
    taken = proof.weights @ used
    assert taken == pytest.approx(proof.used, abs=1e-6)
    assert (taken <= proof.amount + 1e-9).all()
    slack = float(proof.price @ (proof.amount - taken))
    assert bound - value == pytest.approx(regret + slack, abs=1e-6)


def test_a_page_shows_the_packages_that_are_asked_for(run: CountryRun):
    everything = packages_of_run(run, limit=10_000)
    assert everything.total == len(everything.lines) > 5
    first, second = packages_of_run(run, limit=3), packages_of_run(run, offset=3, limit=3)
    assert [*first.lines, *second.lines] == everything.lines[:6] and first.total == everything.total
    chosen = packages_of_run(run, Wanted(is_chosen=True), limit=10_000)
    assert chosen.total == run.chosen_count
    assert {line.code for line in chosen.lines} == {x.code for x in everything.lines if x.option}
    for one in plan_sums(run, ("year",)):
        page = packages_of_run(run, Wanted(year=int(one.names[0])), limit=10_000)
        assert sum(line.cost_mkzt for line in page.lines) == pytest.approx(one.cost_mkzt, abs=1e-3)
    water = packages_of_run(run, Wanted(service="water"), limit=10_000)
    assert all("water" in {c["service"] for c in line.clusters} for line in water.lines)
    assert packages_of_run(run, Wanted(region="99")).total == 0


def test_a_package_is_found_by_its_code_with_its_sections(run: CountryRun):
    line = packages_of_run(run, limit=1).lines[0]
    assert package_in_run(run, line.code) == line
    found = sections_in_package(run, line.code)
    length_m = sum(Section.objects.get(code=code).length_m * part for _m, code, part in found)
    assert length_m / 1_000 == pytest.approx(sum(line.length_km), rel=1e-5)
    for ask in (package_in_run, sections_in_package):
        with pytest.raises(Missing):
            ask(run, "PK-NONE")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_package_and_every_limit_has_a_sentence(run: CountryRun, language: str):
    words = RunWords(run, language)
    lines = packages_of_run(run, limit=10_000).lines
    sentences = {words.why(line) for line in lines}
    assert len(sentences) > 3 and all(text.endswith(".") for text in sentences)
    assert {line.reason for line in lines} >= {"chosen", "price"}
    named = words.limits()
    assert len({one.name for one in named}) == len(named) == len(limit_rows(run))
    assert any(one.price for one in named)


def test_an_impossible_limit_is_told_in_words():
    limits = make_limits_of_land(floors_km={"water": {YEARS[0]: 50.0}})
    made = make_country_run(make_land(), limits)
    (text,) = RunWords(made, "en").broken()
    assert text.startswith("water supply: kilometres promised by the end of 2026: short of 4")
