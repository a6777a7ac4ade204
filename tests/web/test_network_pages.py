"""Pages of utilities and sections: what people see of wear."""

from datetime import date

import pytest

from qaita.kernel.clock import day_of, now
from qaita.networks.models import Section
from qaita.networks.services import (
    import_network,
    record_inspection,
    refresh_condition,
    replace_sections,
)
from qaita.networks.services.records import InspectionFacts, record_failure
from qaita.networks.services.sections import Renewal
from tests.networks.make import (
    AT,
    make_engineer,
    make_network,
    make_parsed,
    make_utility,
    sections_by_name,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_list_of_utilities_shows_zone_and_both_wears(client, language):
    make_network()
    page = client.get(f"/{language}/utilities/").content.decode()
    assert "tone-bad" in page and "100" in page and "Set-Cookie" not in page


def test_the_list_narrows_to_a_zone_and_downloads(client):
    make_network()
    assert "OR-TEST1" in client.get("/en/utilities/?zone=red").content.decode()
    assert "OR-TEST1" not in client.get("/en/utilities/?zone=green").content.decode()
    answer = client.get("/en/utilities/?format=csv")
    assert "Demo Water Networks" in b"".join(answer).decode("utf-8-sig")


def test_the_list_asks_few_questions(client, django_assert_max_num_queries):
    make_network()
    client.get("/en/utilities/")
    with django_assert_max_num_queries(12):
        client.get("/en/utilities/")


def test_a_utility_shows_both_wears_the_forecast_and_its_quality(client):
    network = make_network()
    page = client.get(
        f"/en/utilities/{network.utility_service.organisation.code}/"
    ).content.decode()
    for words in ("Past service life", "Modelled wear", "2029", "Quality of data", "Street"):
        assert words in page
    assert client.get("/en/utilities/OR-NOBODY/").status_code == 404


def test_a_heat_utility_shows_route_and_pipes(client):
    parsed = make_parsed(3)
    for row in parsed.sections:
        row.pipe_count, row.length_m = 2, 1000.0
    utility = make_utility("heat")
    by = make_engineer(utility)
    import_network(parsed, utility_service=utility, name="Heat", by=by, at=AT)
    page = client.get(f"/en/utilities/{utility.organisation.code}/").content.decode()
    assert "Length of route" in page and "6\N{NO-BREAK SPACE}km of pipe" in page.replace(
        "&nbsp;", "\xa0"
    )


def test_a_passport_tells_the_section_whole(client):
    network = make_network()
    by = make_engineer(network.utility_service)
    section = sections_by_name(network)["s1"]
    record_inspection(InspectionFacts(section, date(2025, 5, 1), 0.35), by=by, at=AT)
    refresh_condition(network, on=date(2026, 3, 2), by=by, at=AT)
    page = client.get(f"/en/sections/{section.code}/").content.decode()
    for words in (section.code, "steel", "150", "1985", "35", "q-place", "Street"):
        assert words in page
    assert client.get(f"/en/sections/{section.code.lower()}/").status_code == 200
    assert client.get("/en/sections/SC-0/").status_code == 404


def test_an_estimated_year_is_shown_with_its_interval(client):
    parsed = make_parsed(8)
    parsed.sections[3].laid_on, parsed.sections[3].laid_precision = None, "unknown"
    utility = make_utility()
    by = make_engineer(utility)
    load = import_network(parsed, utility_service=utility, name="S", by=by, at=AT)
    section = Section.objects.get(network=load.network, laid_imputed=True)
    page = client.get(f"/en/sections/{section.code}/").content.decode()
    assert "80 % confidence between 198" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_replaced_section_leads_to_the_new_one(client, language):
    network = make_network()
    by = make_engineer(network.utility_service)
    old = sections_by_name(network)["s0"]
    renewal = Renewal(
        coords=[(76.95, 52.28), (76.9514, 52.28)], material="pe", laid_on=date(2026, 3, 1),
        diameter_mm=160, project_code="AP-1",
    )  # fmt: skip
    new = replace_sections([old], renewal=renewal, by=by, at=AT)
    assert new.code in client.get(f"/{language}/sections/{old.code}/").content.decode()
    assert old.code in client.get(f"/{language}/sections/{new.code}/").content.decode()


def test_the_sections_behind_the_wear_narrow_sort_and_download(client):
    network = make_network()
    rows = Section.objects.filter(network=network)
    page = f"/en/utilities/{network.utility_service.organisation.code}/sections/"
    past = [row.code for row in rows if row.past_norm_on and row.past_norm_on <= day_of(now())]
    shown = client.get(f"{page}?service=water&life=past&sort=-condition").content.decode()
    assert past and all(code in shown for code in past)
    assert f">{len(past)} row" in shown
    known = client.get(f"{page}?life=past&told=known&network={network.code}")
    assert known.status_code == 200
    whole = b"".join(client.get(f"{page}?format=csv")).decode("utf-8-sig")
    assert all(row.code in whole for row in rows)
    assert client.get("/en/utilities/OR-NOBODY/sections/").status_code == 404


def test_the_failures_behind_the_rate_are_listed(client):
    network = make_network()
    section = Section.objects.filter(network=network).first()
    by = make_engineer(network.utility_service)
    record_failure(section, cause="corrosion", consumers_off=9, source="crew", by=by, at=AT)
    page = f"/en/utilities/{network.utility_service.organisation.code}/failures/"
    assert section.code in client.get(page).content.decode()
    assert section.code in client.get(f"{page}?cause=corrosion").content.decode()
    assert "Nothing fits" in client.get(f"{page}?cause=weather").content.decode()


@pytest.mark.parametrize("kind", ["sections", "failures"])
def test_the_rows_of_a_utility_ask_few_questions(client, kind, django_assert_max_num_queries):
    network = make_network(20)
    page = f"/en/utilities/{network.utility_service.organisation.code}/{kind}/"
    client.get(page)
    with django_assert_max_num_queries(12):
        client.get(page)
