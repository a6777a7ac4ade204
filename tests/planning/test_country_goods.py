"""What producers make as a limit of the country's plan, and streets of more than two networks."""

import csv
from decimal import Decimal

import numpy as np
import pyarrow.parquet as pq
import pytest

from qaita.console import check_plan
from qaita.kernel.clock import day_of
from qaita.planning.models import CountryRun
from qaita.planning.national.published import read_published
from qaita.planning.national.scenario import Targets
from qaita.planning.national.streets import Streets, saved_share, subsets_of
from qaita.planning.national.swapping import options_at, weigh_swap
from qaita.planning.queries import (
    RunWords,
    Wanted,
    folder_of,
    limit_rows,
    limits_from_law,
    packages_of_run,
    run_facts,
)
from tests.planning.make import AT, YEARS, make_scene, make_street
from tests.planning.make_country import (
    Land,
    make_country_run,
    make_land,
    make_limits_of_land,
    make_office,
)
from tests.producers.make import make_producer, make_product_entry

pytestmark = pytest.mark.django_db
PE, PREINSULATED, LINER = "22.21.21", "24.20.13", "22.21.29"


def supply(service: str, kpved: str, km: float) -> dict:
    return {"supplies_km": {service: {kpved: dict.fromkeys(YEARS, km)}}}


def demands(run: CountryRun, kpved: str) -> dict[int, float]:
    return {
        year: sum(
            one["length_km"] for one in run.demands if one["kpved"] == kpved and one["year"] == year
        )
        for year in YEARS
    }


def make_wide_land() -> Land:
    """Water, heat and sewers 6 m apart in one street."""
    water = make_scene("water", make_street(12, lat=52.28))
    heat = make_scene("heat", make_street(12, lat=52.28005))
    make_scene("wastewater", make_street(12, lat=52.2801))
    return Land(water, heat, make_office())


def test_a_plan_never_lays_more_than_producers_make_and_imports_allow():
    land = make_land()
    free = make_country_run(land)
    needed = max(demands(free, PREINSULATED).values())
    assert needed > 0.3
    limits = make_limits_of_land(**supply("heat", PREINSULATED, 0.2), import_shares={"heat": 0.5})
    run = make_country_run(land, limits)
    assert run.state == "made"
    laid = demands(run, PREINSULATED)
    assert max(laid.values()) <= 0.4 + 1e-6 and sum(laid.values()) > 0
    rows = [row for row in limit_rows(run) if row.kind == "goods"]
    assert [row.year for row in rows] == list(YEARS)
    for row in rows:
        assert (row.amount, row.unit, row.product) == (pytest.approx(0.4), "km", PREINSULATED)
        assert row.used == pytest.approx(laid[row.year], abs=1e-5)
    assert check_plan.check(folder_of(run)) == []


def test_liners_and_new_pipes_are_counted_apart():
    """Lining takes liners and new pipes only where a section cannot be lined."""
    land = make_land()
    both = {"water": {PE: dict.fromkeys(YEARS, 0.15), LINER: dict.fromkeys(YEARS, 0.25)}}
    run = make_country_run(land, make_limits_of_land(supplies_km=both))
    for kpved, most in ((PE, 0.15), (LINER, 0.25)):
        laid = demands(run, kpved)
        for row in limit_rows(run):
            if row.kind == "goods" and row.product == kpved:
                assert row.used == pytest.approx(laid[row.year], abs=1e-5)
                assert row.used <= most + 1e-9
    assert check_plan.check(folder_of(run)) == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_limit_of_goods_has_a_name_and_a_price_in_words(language: str):
    limits = make_limits_of_land(**supply("heat", PREINSULATED, 0.5))
    run = make_country_run(make_land(40), limits)
    told = [one for one in RunWords(run, language).limits() if one.row.kind == "goods"]
    assert all(name not in one.name for one in told for name in ("{", PREINSULATED))
    assert any(one.row.price > 0 and one.price for one in told)


def test_no_capacity_known_is_no_limit():
    run = make_country_run(make_land())
    assert all(row.kind != "goods" for row in limit_rows(run))
    assert all(pack["members"] == pack["networks"] for pack in run_facts(run)["packs"])
    every = limits_from_law(Targets({}, {}), on=day_of(AT), first_year=2026)
    assert every.supplies_km == {}


def test_the_law_and_the_register_of_producers_give_the_limit():
    make_land()
    make_producer(
        1,
        make_product_entry(
            kpved=PREINSULATED, ens_tru="242013.335.000000", capacity_per_year=Decimal(12_000)
        ),
        make_product_entry(
            kpved=PREINSULATED,
            ens_tru="242013.335.000000",
            capacity_per_year=Decimal(3_000),
            unit="t",
        ),
    )
    limits = limits_from_law(Targets({}, {}), on=day_of(AT), first_year=2026)
    assert limits.supplies_km == {"heat": {PREINSULATED: dict.fromkeys(limits.years, 12.0)}}
    assert limits.import_shares["heat"] == 0.3


def test_pages_see_networks_and_not_goods_among_the_members():
    limits = make_limits_of_land(**supply("heat", PREINSULATED, 0.3))
    run = make_country_run(make_land(), limits)
    for line in packages_of_run(run, limit=1_000).lines:
        assert len(line.networks) == len(line.length_km) == len(line.clusters)
        assert all(one["utility"] for one in line.clusters)
        assert line.cost_mkzt > 1
    chosen = packages_of_run(run, Wanted(is_chosen=True), limit=999).lines
    whole = sum(line.cost_mkzt for line in chosen)
    spent = sum(cell["cost_mkzt"] for cell in run.cells)
    assert whole == pytest.approx(spent, rel=1e-5)
    plan = read_published(folder_of(run), run.result_digest)
    for line in chosen:  # and so does who weighs a change by hand
        at = plan.find(line.code)
        side = next(one for one in options_at(plan, at) if one.option == line.option)
        assert side.cost_mkzt == pytest.approx(line.cost_mkzt)
    assert max(abs(row.after - row.before) for row in weigh_swap(plan, {at: 0}).rows) > 0


def test_three_networks_of_a_street_may_be_dug_once_or_some_of_them():
    run = make_country_run(make_wide_land())
    pack = run_facts(run)["packs"][3]
    assert pack["networks"] == 3 and pack["size"] > 0
    assert pack["labels"][-1] == "joint" and "joint_first_third" in pack["labels"]
    folder = folder_of(run)
    found = pq.read_table(folder / pack["file"]).to_pydict()
    two, three = pack["labels"].index("joint_first_second"), pack["labels"].index("joint")
    for m in (0, 1):
        alone, pair, all_ = (
            np.array(found[f"cost_{m}_{k}_0"])
            for k in (0, pack["take"][two][m], pack["take"][three][m])
        )
        assert (all_ < pair + 1e-6).all() and (pair < alone).all()
        assert (all_ >= (1 - 0.33) * alone - 1e-4).all()  # the law's share for three
    assert "joint" in pq.read_table(folder / pack["plan"])["method"].to_pylist()
    assert check_plan.check(folder) == []


def test_kilometres_of_a_street_stay_with_their_services():
    capacity = {"55": {"heat": dict.fromkeys(YEARS, 0.45)}}
    run = make_country_run(make_wide_land(), make_limits_of_land(capacities_km=capacity))
    built = {(cell["service"], cell["year"]): 0.0 for cell in run.cells}
    for cell in run.cells:
        built[cell["service"], cell["year"]] += cell["length_km"]
    for row in limit_rows(run):
        if row.kind == "capacity":
            assert row.used == pytest.approx(built.get(("heat", row.year), 0.0), abs=1e-5)
    assert max(km for (service, _), km in built.items() if service == "heat") <= 0.45
    assert sum(km for (service, _), km in built.items() if service == "wastewater") > 1.0


def test_every_subset_is_tried_once_and_all_together_last():
    assert subsets_of(3) == [(0, 1), (0, 2), (1, 2), (0, 1, 2)]
    assert len(subsets_of(4)) == 11


def test_what_lies_beside_nothing_saves_nothing_and_never_more_than_the_law_gives():
    metres = np.array([[[0.0, 100.0, 300.0], [100.0, 0.0, 0.0], [300.0, 0.0, 0.0]]])
    streets = Streets(np.array([[0, 1, 2]]), metres)
    length = np.array([300.0])
    on = day_of(AT)
    assert saved_share(streets, (0, 1), 0, length, on)[0] == pytest.approx(0.25 / 3)
    assert saved_share(streets, (0, 2), 0, length, on)[0] == pytest.approx(0.25)
    both = saved_share(streets, (0, 1, 2), 0, length, on)[0]
    assert both == pytest.approx(0.25 + 0.08 / 3) and both <= 0.33
    assert saved_share(streets, (1, 2), 1, length, on)[0] == 0.0


def test_clusters_of_goods_follow_those_of_networks():
    limits = make_limits_of_land(**supply("heat", PREINSULATED, 0.3))
    run = make_country_run(make_land(), limits)
    with (folder_of(run) / "clusters.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["product"] for row in rows] == ["", "", PREINSULATED]
    assert run_facts(run)["counts"]["clusters"] == 3
