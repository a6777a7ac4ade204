"""Everything a demonstration country publishes, judged by the standards' own validators."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from shapely.geometry import box, shape

from qaita.disclosure.contracting import packages
from qaita.ledger.queries import height
from qaita.networks.geometry import geodesic_length_m
from qaita.networks.models import Node
from qaita.networks.queries.tiles import SENSITIVE
from qaita.programme.models import Project
from qaita.programme.queries import public_projects
from qaita.web.alternates import ADDRESSES
from tests.api.ogc import (
    GEOJSON,
    link,
    positions,
    read,
    read_items,
    require_collection,
    walk_items,
)
from tests.disclosure.rules import faults_of_projects, faults_of_releases
from tests.disclosure.standards import judge_oc4ids, judge_ocds
from tests.disclosure.strangers import (
    OWNERS,
    ask,
    ask_oddly,
    odd_refusals_are_problems,
    operations,
    refusals_are_problems,
    require_problem,
)

pytestmark = [pytest.mark.conformance, pytest.mark.django_db, pytest.mark.usefixtures("country")]


def get(address: str) -> dict:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.json()


def told() -> list[dict]:
    lines = Client().get("/data/ocds/releases.jsonl").getvalue().decode().splitlines()
    return [json.loads(line) for line in lines]


def test_the_validator_of_ocds_finds_nothing_in_the_whole_export():
    found = judge_ocds(get("/data/ocds/package.json"))
    assert found["validation_errors"] == []
    assert found["all_additional_fields"] == []
    assert found["additional_checks"] == {}
    assert found["additional_closed_codelist_values"] == {}


def test_the_validator_of_oc4ids_finds_nothing_in_the_whole_export(tmp_path: Path):
    found = judge_oc4ids(get("/data/oc4ids/package.json"), tmp_path)
    assert found["validation_errors"] == []
    assert found["additional_fields"] == {}
    assert found["conformance_checks"] == found["additional_checks"] == []
    assert found["additional_closed_codelist_values"] == {}


def test_the_releases_and_projects_keep_the_rules_no_schema_holds():
    releases = told()
    assert len(releases) > 50 and height() > 1000
    assert faults_of_releases(releases) == []
    projects = get("/data/oc4ids/package.json")["projects"]
    assert faults_of_projects(projects, {one["ocid"] for one in releases}) == []


def test_the_numbered_packages_hold_every_release_and_each_is_found_sound(monkeypatch):
    monkeypatch.setattr(packages, "PER_PACKAGE", 15)
    newest = get("/data/ocds/package.json")
    count = int(re.search(r"/package/(\d+)\.json$", newest["uri"]).group(1))
    each = [get(f"/data/ocds/package/{number}.json") for number in range(1, count + 1)]
    assert count > 3 and each[-1] == newest
    assert all(0 < len(one["releases"]) <= 15 for one in each)
    assert [release for one in each for release in one["releases"]] == told()
    judged = judge_ocds(each[1])
    assert (judged["validation_errors"], judged["all_additional_fields"]) == ([], [])


@pytest.mark.parametrize("label", operations())
def test_whatever_is_asked_is_answered(label: str):
    ask(operations()[label], refusals_are_problems)


@pytest.mark.parametrize("label", operations())
def test_whatever_odd_word_is_put_in_is_answered(label: str):
    ask_oddly(operations()[label], odd_refusals_are_problems)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_a_method_that_is_not_there_is_refused(method: str):
    answer = Client(raise_request_exception=False).generic(method.upper(), "/api/v1/projects")
    assert answer.status_code == 405
    require_problem(answer, answer.headers["content-type"])


def test_an_address_that_is_not_there_is_refused():
    answer = Client().get("/api/v1/no-such-thing")
    assert answer.status_code == 404
    require_problem(answer, answer.headers["content-type"])


# ------------------------------------------------------------------ OGC API – Features

COLLECTIONS = ("regions", "utilities", "sections", "projects", "outages")


def items(name: str) -> str:
    return f"/ogc/collections/{name}/items"


def test_the_landing_page_leads_to_everything():
    landing = read("/ogc/")
    assert landing["title"]
    classes = read(link(landing, "conformance")["href"])["conformsTo"]
    assert {one.rpartition("/")[2] for one in classes} == {"core", "oas30", "geojson"}
    listed = read(link(landing, "data")["href"])
    assert [one["id"] for one in listed["collections"]] == list(COLLECTIONS)
    for told in listed["collections"]:
        require_collection(told)
        assert read(link(told, "self")["href"]) == told
    described = link(landing, "service-desc")
    api = read(described["href"], described["type"])
    assert api["openapi"].startswith("3.0")
    for path in ("/", "/conformance", "/collections", "/collections/sections/items"):
        assert {"200", "400", "404"} <= set(api["paths"][path]["get"]["responses"])


@pytest.mark.parametrize("name", COLLECTIONS)
def test_pages_of_features_lead_to_each_of_them_once(name: str):
    whole = walk_items(f"{items(name)}?limit=10000")
    keys = [feature["id"] for feature in whole]
    matched = read_items(f"{items(name)}?limit=1")["numberMatched"]
    assert keys and len(set(keys)) == len(keys) == matched
    size = max(1, len(keys) // 3)
    walked = [feature["id"] for feature in walk_items(f"{items(name)}?limit={size}")]
    assert walked == keys
    one = read(f"{items(name)}/{keys[0]}", GEOJSON)
    assert {key: one[key] for key in whole[0]} == whole[0]
    assert link(one, "self")["href"].endswith(f"/items/{keys[0]}") and link(one, "collection")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_box_holds_exactly_what_meets_it(name: str):
    whole = walk_items(f"{items(name)}?limit=10000")
    shapes = {one["id"]: shape(one["geometry"]) for one in whole if one["geometry"]}
    west, south, _east, _north = next(iter(shapes.values())).bounds
    for size in (0.002, 0.05, 6.0):
        corners = (west - size, south - size, west + size, south + size)
        found = walk_items(f"{items(name)}?limit=500&bbox={','.join(map(str, corners))}")
        expected = {key for key, one in shapes.items() if one.intersects(box(*corners))}
        assert expected and {one["id"] for one in found} == expected


def test_the_whole_country_can_be_asked_across_the_meridian():
    assert read_items(f"{items('regions')}?bbox=170,-10,-170,10")["features"] == []
    assert len(read_items(f"{items('regions')}?bbox=40,40,-170,60")["features"]) == 20
    assert len(read_items(f"{items('regions')}?bbox=40,40,-100,90,60,9000")["features"]) == 20


def test_guarded_places_are_not_told_by_lines_nor_by_boxes():
    guarded = Node.objects.filter(kind__in=SENSITIVE, leaving__state="in_service").first()
    section = guarded.leaving.filter(state="in_service").first()
    shown = read(f"{items('sections')}/{section.code}", GEOJSON)["geometry"]
    ends = [] if shown is None else positions(shown["coordinates"])
    assert all(geodesic_length_m([(guarded.lon_deg, guarded.lat_deg), end]) > 100 for end in ends)
    corners = (guarded.lon_deg - 1e-5, guarded.lat_deg - 1e-5,
               guarded.lon_deg + 1e-5, guarded.lat_deg + 1e-5)  # fmt: skip
    found = walk_items(f"{items('sections')}?bbox={','.join(map(str, corners))}")
    assert section.code not in {one["id"] for one in found}


def test_outages_are_found_by_their_time():
    every = read_items(f"{items('outages')}?limit=10000")["features"]
    first = min(every, key=lambda one: one["properties"]["starts_at"])
    before = datetime.fromisoformat(first["properties"]["starts_at"]) - timedelta(seconds=1)
    stamp = before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read_items(f"{items('outages')}?datetime=../{stamp}")["features"] == []
    assert read_items(f"{items('outages')}?limit=10000&datetime={stamp}/..")["features"] == every
    running = read_items(f"{items('outages')}?state=running&limit=10000")["features"]
    assert {one["properties"]["state"] for one in running} == {"running"}


def test_what_has_no_time_is_there_at_every_time():
    assert read_items(f"{items('regions')}?datetime=1950-01-01")["numberMatched"] == 20


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,2,3,inf", "bbox=0,60,10,50", "bbox=0,0,500,10",
        "bbox=", "limit=0", "limit=-1", "limit=ten", "limit=1.5", "limit=", "f=html", "colour=red",
        "datetime=yesterday", "datetime=2026-13-01", "datetime=2026-02-01/2026-01-01",
        "datetime=../..", "datetime=2026-01-01T00:00:00", "limit=1&limit=2", "service=milk",
    ],
)  # fmt: skip
def test_a_question_against_the_standard_is_refused(query: str):
    answer = Client().get(f"{items('sections')}?{query}")
    assert answer.status_code == 400
    require_problem(answer, answer.headers["content-type"])
    assert answer.json()["errors"][0]["pointer"].startswith("#/query/")


def test_more_than_the_most_gives_the_most_and_the_unknown_is_not_found():
    assert read_items(f"{items('regions')}?limit=99999999999")["numberReturned"] == 20
    for address in ("/ogc/collections/dreams", items("dreams"), f"{items('sections')}/SC-1"):
        answer = Client().get(address)
        assert answer.status_code == 404
        require_problem(answer, answer.headers["content-type"])
    assert Client().post("/ogc/collections").status_code == 405


# ------------------------------------------------------------------ the addresses


def test_the_page_of_all_files_is_reached_in_the_readers_language():
    answer = Client().get("/data/", headers={"accept-language": "kk"})
    assert answer.status_code == 302 and answer.headers["Location"] == "/kk/data-sets/"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("page", sorted(ADDRESSES))
def test_a_page_leads_to_the_same_as_data(page: str):
    owner = next((one for start, one in OWNERS.items() if ADDRESSES[page].startswith(start)), None)
    words = {}
    if "{code}" in ADDRESSES[page]:
        rows = public_projects() if owner is Project else owner._default_manager
        words = {"code": rows.order_by("code").values_list("code", flat=True)[0]}
    elif "{kato}" in ADDRESSES[page]:
        words = {"kato": "55"}
    shown = Client().get(reverse(page, kwargs=words))
    assert shown.status_code == 200
    found = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)">', shown.text)
    assert (kind := dict(map(reversed, found)).get(ADDRESSES[page].format(**words)))
    told = Client().get(ADDRESSES[page].format(**words))
    assert told.status_code == 200 and told.headers["Content-Type"].split(";")[0] == kind


def test_what_is_left_for_later_is_not_there():
    assert Client().get("/sta/v1.1/").status_code == 404
