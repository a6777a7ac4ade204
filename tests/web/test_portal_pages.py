"""The portal's own pages: honest while empty, few questions to the database, right figures."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from qaita.accounts.models import Organisation
from qaita.kernel.actor import SYSTEM
from qaita.programme.models import Clock, Project, Target
from qaita.territory.models import Region
from qaita.territory.services import load_territory
from qaita.web.portal import figures
from tests.networks.make import make_network

AT = datetime(2026, 5, 1, tzinfo=UTC)
SHAPES = ("map/regions.json", "map/places.json", "map/networks.json")
PAGES = (
    "",
    "programme/",
    "regions/",
    "map/",
    "about/",
    "map/regions.json",
    "map/places.json",
    "map/networks.json",
)


@pytest.fixture
def country(db) -> list[Region]:
    load_territory(by=SYSTEM, at=AT)
    return list(Region.objects.all())


def make_target(service: str, value: float, on: str, **more) -> Target:
    facts = {"indicator": "length", "kind": "plan", "year": 2029, "unit": "km", **more}
    return Target.objects.create(
        key=f"{service}-{on}-{value}",
        service=service,
        value=value,
        source_key="A3",
        source_url="https://example.org/news",
        dated_on=date.fromisoformat(on),
        **facts,
    )


def make_projects(regions: list[Region], count: int) -> None:
    owner = Organisation.objects.create(
        bin="100000000001", kind="utility", name_kk="Д", name_ru="Д", name_en="Demo",
        region=regions[0], is_demonstration=True,
    )  # fmt: skip
    for n in range(count):
        project = Project.objects.create(
            utility=owner, service="heat", region=regions[n % 3], title_kk=f"Ж{n}",
            title_ru=f"П{n}", title_en=f"Renewal {n}", state="confirmed", cost_kzt=10**9,
            length_planned_m=1000, year=2026 + n % 2, law_on=date(2026, 1, 1), drafted_at=AT,
        )  # fmt: skip
        Clock.objects.create(
            project=project, step="confirm", role="akimat",
            started_on=date(2026, 1, 5), due_on=date(2026, 1, 20),
        )  # fmt: skip


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_stands_while_nothing_is_loaded(client: Client, db, address, language) -> None:
    assert client.get(f"/{language}/{address}").status_code == 200


@pytest.mark.parametrize(
    ("address", "most"), [("", 13), ("programme/", 14), ("regions/", 8), ("regions/10/", 16)]
)
def test_a_page_asks_few_questions_however_many_projects_there_are(
    client: Client, country, django_assert_max_num_queries, address, most
) -> None:
    make_projects(country, 30)
    client.get(f"/en/{address}")
    with django_assert_max_num_queries(most):
        assert client.get(f"/en/{address}").status_code == 200


def test_public_pages_set_no_cookie(client: Client, country) -> None:
    for page in (*PAGES, "regions/10/"):
        assert not client.get(f"/en/{page}").cookies


def test_kilometres_of_services_stand_apart(country) -> None:
    make_target("heat", 1600, "2025-09-01")
    make_target("power", 77600, "2025-09-01")
    make_projects(country, 4)
    found = {one.service: one for one in figures.service_figures()}
    assert found["heat"].planned_m == 4000
    assert found["power"].planned_m == 0
    assert [found[s].goal.value for s in ("heat", "power")] == [1600, 77600]
    assert found["water"].goal is None


def test_the_newest_published_goal_is_taken_and_all_are_shown(client: Client, country) -> None:
    make_target("water", 5000, "2025-01-01")
    make_target("water", 4700, "2025-09-01")
    figure = next(one for one in figures.service_figures() if one.service == "water")
    assert figure.goal and figure.goal.value == 4700
    page = client.get("/en/programme/").content.decode()
    assert "4,700 km" in page and "5,000 km" in page and "example.org" in page


def test_late_steps_are_named_in_public(client: Client, country) -> None:
    make_projects(country, 1)
    page = client.get("/ru/programme/").content.decode()
    assert "Акимат" in page and "20.01.2026" in page


def test_generated_data_is_announced_on_every_page(client: Client, country) -> None:
    assert "q-demo" not in client.get("/kk/about/").content.decode()
    make_projects(country, 1)
    assert "Көрсетілім деректері." in client.get("/kk/about/").content.decode()


def test_a_region_that_is_not_there_is_missing_kindly(client: Client, country) -> None:
    answer = client.get("/en/regions/99/")
    assert answer.status_code == 404
    assert "There is no such page or thing." in answer.content.decode()


def test_the_map_knows_every_region_and_closes_its_rings(client: Client, country) -> None:
    found = client.get("/en/map/regions.json").json()["features"]
    assert len(found) == 20
    rings = [ring for one in found for part in one["geometry"]["coordinates"] for ring in part]
    assert all(ring[0] == ring[-1] for ring in rings)


def test_the_map_shows_the_middle_of_each_network_from_afar(client: Client, country) -> None:
    network = make_network(sections=4)
    [mark] = client.get("/ru/map/networks.json").json()["features"]
    east, north = mark["geometry"]["coordinates"]
    nodes = network.nodes.all()
    assert min(one.lon_deg for one in nodes) < east < max(one.lon_deg for one in nodes)
    assert min(one.lat_deg for one in nodes) - 1e-5 <= north
    assert mark["properties"]["name"] == network.name_ru
    assert mark["properties"]["service"] == "water"
    assert mark["properties"]["km"] > 0


def test_the_language_links_keep_the_page(client: Client, country) -> None:
    page = client.get("/kk/regions/10/?state=done").content.decode()
    assert 'href="/ru/regions/10/?state=done"' in page
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/regions/10/"' in page
