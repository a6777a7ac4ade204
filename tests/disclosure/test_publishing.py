"""The portal as files: switched in one step, rebuilt where the ledger says."""

import csv
import gzip
import hashlib
import io
import json
from datetime import UTC, datetime

import brotli
import pytest
from django.core.management import call_command
from django.test import Client

from qaita.accounts.models import Organisation
from qaita.accounts.services import NewOrganisation, make_demo_bin, register_organisation
from qaita.console.publishing import _sources, bring_up, check, republish
from qaita.disclosure.bulk.files import csv_of
from qaita.disclosure.bulk.tables import PRODUCERS, Table
from qaita.disclosure.publishing import current_edition
from qaita.kernel.actor import SYSTEM
from qaita.ledger.queries import height
from qaita.ledger.services import record
from qaita.networks.models import Section
from qaita.territory.models import Region
from tests.disclosure.make import make_told_and_accepted
from tests.procurement.make import make_region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
LATER = AT.replace(hour=9)
NEXT_DAY = AT.replace(day=21)


@pytest.fixture
def told():
    return make_told_and_accepted()[0]


@pytest.fixture
def site(settings, told):
    bring_up(AT)
    return settings.SITE_DIR


def test_every_page_stands_in_three_languages_with_its_compressed_twins(site, told):
    current = site / "current"
    assert current.is_symlink() and current.resolve().name == str(height())
    for language in ("kk", "ru", "en"):
        for name in ("", "programme/", "law/", "about/", f"projects/{told.project.code}/"):
            page = current / language / name / "index.html"
            body = page.read_bytes()
            assert f'<html lang="{language}">'.encode() in body
            assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == body
            assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == body
    assert not (current / "en" / "ledger-book").exists()


def test_no_page_carries_a_session_a_token_or_a_person(site):
    for page in (site / "current").rglob("index.html"):
        body = page.read_text().lower()
        assert "csrf" not in body and "sessionid" not in body and "sign out" not in body


def test_nothing_happened_nothing_is_made(site):
    done = bring_up(LATER)
    assert (done.made, done.folder.name) == ([], (site / "current").resolve().name)


def test_an_entry_remakes_its_pages_and_links_the_rest(site, told):
    before = (site / "current").resolve()
    record("project.extend", told.project.code, by=SYSTEM, at=LATER, facts={"days": 1})
    republish(LATER)
    after = (site / "current").resolve()
    made = current_edition(site)[1]["pages"]
    story, law = f"en/projects/{told.project.code}/index.html", "en/law/index.html"
    assert after != before and made[story] == height()
    assert (after / law).samefile(before / law)
    assert not (after / story).samefile(before / story)


def test_what_happens_in_one_region_leaves_the_pages_of_others(told):
    project, other = told.project, make_region("10")
    bring_up(AT)
    record("project.extend", project.code, by=SYSTEM, at=LATER, facts={"days": 1})
    made = set(bring_up(LATER, bulk=False).made)
    assert {f"/en/regions/{project.region.kato}/", f"/kk/utilities/{project.utility.code}/"} <= made
    assert f"/en/regions/{other.kato}/" not in made
    assert check(LATER) == []


def test_what_has_no_place_is_told_in_every_region(site, told):
    record("target.load", "targets", by=SYSTEM, at=LATER, facts={})
    made = set(bring_up(LATER, bulk=False).made)
    assert {f"/en/regions/{one.kato}/" for one in Region.objects.all()} <= made


def test_who_has_no_region_leaves_the_pages_of_all(site, told):
    new = NewOrganisation(make_demo_bin("new"), "supplier", "Демо", "Демо", "Demo", region=None)
    register_organisation(new, by=SYSTEM, at=LATER)
    made = set(bring_up(LATER, bulk=False).made)
    assert "/en/producers/" in made
    assert not [one for one in made if one.startswith(("/en/regions/5", "/en/projects/"))]
    assert check(LATER) == []


def test_another_program_or_address_makes_every_page_anew(site, settings):
    settings.PUBLIC_ADDRESS = "http://localhost:9000"
    _sources.cache_clear()
    republish(LATER)
    page = (site / "current" / "en" / "index.html").read_text()
    assert 'href="http://localhost:9000/en/"' in page
    _sources.cache_clear()


def test_a_full_rebuild_is_the_same_to_the_byte(site, told):
    record("project.extend", told.project.code, by=SYSTEM, at=LATER, facts={"days": 1})
    republish(LATER)
    assert check(LATER) == []


def test_a_change_behind_the_ledger_is_found_by_the_check(site, told):
    Organisation.objects.filter(pk=told.project.utility_id).update(name_en="Another Name")
    assert check(LATER)


def test_the_next_day_makes_every_page_anew(site):
    made = bring_up(NEXT_DAY).made
    assert "/en/" in made and "/kk/law/" in made


def test_old_editions_go(site, told):
    for number in range(5):
        record("project.extend", told.project.code, by=SYSTEM, at=LATER, facts={"days": number})
        republish(LATER)
    editions = [path for path in site.iterdir() if path.is_dir() and not path.is_symlink()]
    assert len(editions) == 3
    assert not [path for path in site.iterdir() if path.name.startswith(".new")]


def test_a_page_is_served_from_its_file_without_the_database(
    site, django_assert_num_queries, settings
):
    nobody = Client()
    with django_assert_num_queries(0):
        answer = nobody.get("/en/programme/", headers={"accept-encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer["Vary"] and "max-age=60" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY" and answer["Content-Security-Policy"]
    assert b"<html" in brotli.decompress(answer.content)
    plain = nobody.get("/en/programme/")
    assert "Content-Encoding" not in plain and plain["ETag"] != answer["ETag"]
    again = nobody.get("/en/programme/", headers={"if-none-match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not plain.cookies


OUTSIDE = (
    *("/en/../edition.json", "/data/../edition.json"),
    *("/en/programme/index.html", "/data/.hidden"),
)


def test_nothing_but_pages_and_data_is_served(site):
    answers = {address: Client().get(address).status_code for address in OUTSIDE}
    assert set(answers.values()) <= {301, 302, 404}, answers


def test_a_filtered_list_is_made_when_asked_for(site):
    answer = Client().get("/en/projects/?state=done")
    assert answer.status_code == 200 and "max-age=60" not in answer.get("Cache-Control", "")


def test_the_index_names_every_file_with_its_true_checksum(site):
    index = json.loads(Client().get("/data/index.json").content)
    assert index["ledger_height"] == height() and index["licence"] == "CC BY 4.0"
    assert {"sections.csv", "projects.geojson", "ocds/package.json"} <= {
        one["name"] for one in index["files"]
    }
    for one in index["files"]:
        answer = Client().get(f"/data/{one['name']}")
        body = answer.getvalue()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])


def test_the_tables_hold_the_rows_of_the_register(site, told):
    text = Client().get("/data/sections.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["code"] for row in rows} == set(Section.objects.values_list("code", flat=True))
    paid = Client().get("/data/payments.csv").content.decode("utf-8-sig")
    assert told.project.code in paid
    lines = json.loads(Client().get("/data/sections.geojson").getvalue())
    assert lines["type"] == "FeatureCollection" and lines["features"]


def test_a_cell_is_never_a_formula():
    table = Table(("name",), lambda _on: [["=1+1"], ["@x"], ["plain"]])
    assert b"".join(csv_of(table, AT.date())).decode("utf-8-sig").splitlines() == [
        "name",
        "'=1+1",
        "'@x",
        "plain",
    ]
    assert "price_kzt" not in PRODUCERS.columns


def test_the_data_page_lists_the_files(site):
    for language in ("kk", "ru", "en"):
        page = Client().get(f"/{language}/data-sets/").content.decode()
        assert "sections.csv" in page and "/data/index.json" in page, language
        assert page.count("<tr>") >= 15, language


def test_an_unpublished_site_still_shows_its_data_page():
    page = Client().get("/en/data-sets/").content.decode()
    assert "ocds/package.json" in page and "sections.csv" not in page


def test_the_command_says_what_it_did(told, capsys):
    call_command("publish")
    assert "files made" in capsys.readouterr().out
    call_command("publish", "--check")
    assert "byte for byte" in capsys.readouterr().out
