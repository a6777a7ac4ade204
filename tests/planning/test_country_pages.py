"""The public page of the country's plan: what people read, fetch and check."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from qaita.disclosure.publishing.pages import public_pages
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    folder_of,
    packages_of_run,
    plan_sums,
    run_facts,
    sections_in_package,
)
from qaita.planning.services import adopt_country_run
from tests.disclosure.leading import faults_of
from tests.planning.make import AT, YEARS
from tests.planning.make_country import Land, make_country_run, make_land, make_limits_of_land

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Land:
    return make_land()


@pytest.fixture
def run(land: Land) -> CountryRun:
    limits = make_limits_of_land(120, floors_km={"water": {YEARS[1]: 0.2}}, red_zone_share=0.1)
    return adopt_country_run(make_country_run(land, limits), by=land.office, at=AT)


def page(name: str, *words: str, language: str = "en", **asked: str) -> str:
    address = reverse(f"portal:{name}", args=words).replace("/kk/", f"/{language}/", 1)
    answer = Client().get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_plan_in_force_is_told_in_every_language(run: CountryRun, language: str):
    told = page("country_plan", language=language)
    assert run.code in told and run.result_digest in told and run.inputs_digest in told
    assert f"./qaita plan check {run.code}" in told
    assert faults_of(told) == []
    assert all(str(year) in told for year in YEARS)


def test_kilometres_stand_by_service_and_every_tenge_by_year(run: CountryRun):
    told = page("country_run", run.code)
    for service in ("Heat supply", "Water supply"):
        assert service in told
    assert "never added up" in told
    for one in plan_sums(run, ("year",)):
        assert one.length_km is None


def test_the_page_says_how_sure_the_plan_is(run: CountryRun):
    told = run_facts(run)["certainty"]
    page_words = page("country_plan")
    assert ("How sure it is" in page_words) == bool(told)
    assert not told or f"{told['draws']:,}" in page_words


def test_a_plan_that_nobody_adopted_is_not_public(land: Land):
    assert "No plan of the whole country" in page("country_plan")
    made = make_country_run(land)
    for name in ("country_run", "country_packages", "country_run_zip", "country_run_points"):
        assert Client().get(reverse(f"portal:{name}", args=[made.code])).status_code == 404
    file = reverse("portal:country_run_file", args=[made.code, "run.json"])
    assert Client().get(file).status_code == 404


def test_packages_are_looked_for_and_each_says_why(run: CountryRun):
    chosen = page("country_packages", run.code, is_chosen="yes")
    left = page("country_packages", run.code, is_chosen="no")
    assert "Renewed in" in chosen and "Not in the plan" not in chosen
    assert "Not in the plan" in left or "Almost" in left
    line = packages_of_run(run, limit=1).lines[0]
    told = page("country_package", run.code, line.code)
    _member, section, _share = sections_in_package(run, line.code)[0]
    assert line.code in told and reverse("portal:section", args=[section])[3:] in told
    assert faults_of(told) == []
    unknown = reverse("portal:country_package", args=[run.code, "PK-NONE"])
    assert Client().get(unknown).status_code == 404


def test_all_files_are_fetched_byte_for_byte_and_no_other(run: CountryRun):
    answer = Client().get(reverse("portal:country_run_zip", args=[run.code]))
    whole = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    for path in folder_of(run).iterdir():
        assert whole.read(f"{run.code}/{path.name}") == path.read_bytes()
        address = reverse("portal:country_run_file", args=[run.code, path.name])
        assert b"".join(Client().get(address).streaming_content) == path.read_bytes()
    stranger = reverse("portal:country_run_file", args=[run.code, "qaita.sqlite3"])
    assert Client().get(stranger).status_code == 404


def test_whoever_unpacks_the_files_checks_the_plan_with_the_checker_beside_them(
    run: CountryRun, tmp_path: Path
):
    answer = Client().get(reverse("portal:country_run_zip", args=[run.code]))
    zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).extractall(tmp_path)
    told = subprocess.run(
        [sys.executable, "check_plan.py", run.code],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_chosen_packages_are_points_of_geojson(run: CountryRun):
    answer = Client().get(reverse("portal:country_run_points", args=[run.code]))
    found = json.loads(b"".join(answer.streaming_content))["features"]
    assert len(found) == run.chosen_count
    assert {one["properties"]["year"] for one in found} <= set(YEARS)


def test_an_adopted_plan_is_published_and_an_unadopted_one_is_not(run: CountryRun, land: Land):
    other = make_country_run(land)
    paths = {one.path for one in public_pages()}
    assert {"country-plan/", f"country-plan/{run.code}/"} <= paths
    assert f"country-plan/{other.code}/" not in paths


def test_the_page_asks_the_same_few_questions(run: CountryRun, django_assert_max_num_queries):
    page("country_run", run.code)
    with django_assert_max_num_queries(25):
        page("country_run", run.code)
    with django_assert_max_num_queries(20):
        page("country_packages", run.code)
