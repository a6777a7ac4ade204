"""The engineer's pages: hand in, look, put right, load; record, cut, join; and the open API."""

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from qaita.accounts.models import Membership, Person
from qaita.ledger.queries import timeline
from qaita.networks.importing.columns import TABLES
from qaita.networks.importing.reading import read_network_file
from qaita.networks.models import Failure, Import, Network, Section, UtilityService
from qaita.networks.queries import (
    import_remarks,
    network_as_inp,
    template_csv,
    template_workbook,
)
from qaita.web.networks.imports import column_words
from tests.networks.make import make_network, make_utility, sections_by_name
from tests.networks.test_hostile_files import INP

pytestmark = pytest.mark.django_db
CSV = "Номер;WKT;Труба;Год\n1;LINESTRING (76.9 52.2, 76.91 52.2);сталь;1986\n"


def client_of(utility: UtilityService | None, role: str = "utility_engineer") -> Client:
    person = Person.objects.create(username=f"engineer{Person.objects.count()}", language="en")
    if utility is not None:
        Membership.objects.create(
            person=person, organisation=utility.organisation, role=role, region=utility.region
        )
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def hand_in(client: Client, utility: UtilityService, name: str, text: str):
    values = {
        "utility_service": utility.code,
        "file": SimpleUploadedFile(name, text.encode()),
        "encoding": "utf-8",
        "litres": "200",
    }
    with override("en"):
        return client.post(reverse("networks:upload"), values, follow=True)


def test_a_file_is_read_looked_at_and_loaded():
    utility = make_utility()
    client = client_of(utility)
    page = hand_in(client, utility, "town.inp", INP)
    assert page.status_code == 200
    (found,) = Import.objects.all()
    assert (found.state, found.faults, found.counts["sections"]) == ("read", [], 2)
    assert not Network.objects.exists()
    names = {"name_kk": "Қала", "name_ru": "Город", "name_en": "Town"}
    answer = client.post(reverse("networks:load", args=[found.code]), names, follow=True)
    assert answer.status_code == 200
    found.refresh_from_db()
    assert (found.state, found.network.name_kk) == ("loaded", "Қала")
    assert [m.kind for m in timeline(found.code)] == ["import.read", "import.load"]
    assert client.post(reverse("networks:load", args=[found.code]), names).status_code == 409


def test_columns_that_were_not_understood_are_put_right_on_the_page():
    utility = make_utility()
    client = client_of(utility)
    hand_in(client, utility, "town.csv", CSV)
    (found,) = Import.objects.all()
    assert found.mapping["headings"] == ["Номер", "WKT", "Труба", "Год"]
    assert "material" not in found.mapping["columns"]
    values = {"encoding": "utf-8", "litres": "200", "map_material": "Труба", "map_line": "WKT"}
    values |= {"map_key": "Номер", "map_laid": "Год"}
    client.post(reverse("networks:reread", args=[found.code]), values)
    names = {"name_kk": "Қ", "name_ru": "Г", "name_en": "T"}
    client.post(reverse("networks:load", args=[found.code]), names)
    section = Section.objects.get()
    assert (section.material, section.material_imputed, section.laid_on.year) == (
        "steel",
        False,
        1986,
    )


def test_faults_are_shown_and_given_as_csv_and_nothing_can_be_loaded():
    utility = make_utility()
    client = client_of(utility)
    page = hand_in(client, utility, "bad.inp", INP.replace("P2 A B 200", "P2 A X -5"))
    assert "does not hold" in page.content.decode()
    (found,) = Import.objects.all()
    text = client.get(reverse("networks:faults", args=[found.code])).content.decode()
    assert "unknown_node" in text
    names = {"name_kk": "Қ", "name_ru": "Г", "name_en": "T"}
    assert client.post(reverse("networks:load", args=[found.code]), names).status_code == 409
    client.post(reverse("networks:drop", args=[found.code]))
    found.refresh_from_db()
    assert found.state == "dropped"
    assert not Network.objects.exists()


def test_another_utility_sees_and_changes_nothing():
    network = make_network(2)
    section = sections_by_name(network)["s0"]
    stranger = client_of(make_utility(number="2"))
    for name in ("section", "failure", "inspection", "split"):
        assert stranger.get(reverse(f"networks:{name}", args=[section.code])).status_code == 404
    nobody = client_of(None)
    assert section.code not in nobody.get(reverse("networks:sections")).content.decode()
    assert Client().get(reverse("networks:home")).status_code == 302


def test_a_failure_an_inspection_a_cut_and_a_join_are_recorded():
    network = make_network(2)
    client = client_of(network.utility_service)
    section = sections_by_name(network)["s0"]
    values = {"happened_at": "2026-01-05T10:00", "cause": "corrosion", "source": "crew"}
    values |= {"consumers_off": "12", "repaired_at": ""}
    assert client.post(reverse("networks:failure", args=[section.code]), values).status_code == 302
    assert Failure.objects.get().consumers_off == 12
    values = {"on": "2026-01-06", "condition_percent": "60", "method": "ultrasonic"}
    answer = client.post(reverse("networks:inspection", args=[section.code]), values)
    assert answer.status_code == 302
    assert section.inspections.get().condition == pytest.approx(0.6)
    client.post(reverse("networks:split", args=[section.code]), {"at_m": "40"})
    halves = Section.objects.filter(state="in_service").exclude(name="s1")
    assert min(round(half.length_m) for half in halves) == 40
    codes = " ".join(half.code for half in halves)
    assert client.post(reverse("networks:merge"), {"codes": codes}).status_code == 302
    assert Section.objects.filter(state="in_service").count() == 2


def test_a_section_that_failed_often_says_how_often_and_leads_to_every_failure():
    network = make_network(2)
    client = client_of(network.utility_service)
    section = sections_by_name(network)["s0"]
    for day in range(1, 24):
        values = {"happened_at": f"2026-01-{day:02}T10:00", "cause": "corrosion", "source": "crew"}
        client.post(reverse("networks:failure", args=[section.code]), values | {"consumers_off": 1})
    page = client.get(reverse("networks:section", args=[section.code])).content.decode()
    every = reverse("networks:failures", args=[section.code])
    assert page.count("corrosion · 1 consumer off") == 20
    assert f'Shown: 20 of 23. <a href="{every}">' in page
    assert reverse("networks:inspections", args=[section.code]) not in page  # there is none
    assert "23 rows" in client.get(every).content.decode()
    rows = client.get(f"{every}?format=csv").getvalue().decode().splitlines()
    assert len(rows) == 24 and "2026-01-01" in rows[-1]
    stranger = client_of(make_utility(number="2"))
    for name in ("failures", "inspections"):
        assert stranger.get(reverse(f"networks:{name}", args=[section.code])).status_code == 404


def test_pages_answer_in_three_languages_with_few_queries(django_assert_max_num_queries):
    network = make_network(3)
    client = client_of(network.utility_service)
    section = sections_by_name(network)["s0"]
    for language in ("kk", "ru", "en"):
        for name, args in (
            ("home", []),
            ("upload", []),
            ("sections", []),
            ("section", [section.code]),
            ("failure", [section.code]),
            ("merge", []),
            ("import", [Import.objects.get().code]),
        ):
            url = reverse(f"networks:{name}", args=args).replace("/kk/", f"/{language}/", 1)
            with django_assert_max_num_queries(18):
                assert client.get(url).status_code == 200


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_filled_template_comes_back_in_every_language(tmp_path, language):
    book = CalamineWorkbook.from_filelike(io.BytesIO(template_workbook(language)))
    headings = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names[:5]}
    path = tmp_path / "filled.xlsx"
    with xlsxwriter.Workbook(path) as filled:
        for table, (title, row) in zip(TABLES.values(), headings.items(), strict=True):
            sheet = filled.add_worksheet(title)
            sheet.write_row(0, 0, row)
            if table.name != "equipment":
                sheet.write_row(1, 0, [column.example for column in table.columns])
    read = read_network_file(path, service="water")
    assert not isinstance(read, list), [fault.as_dict() for fault in read]
    assert (read.sections[0].material, read.sections[0].laid_on.year) == ("steel", 1986)
    assert (len(read.nodes), len(read.failures), len(read.inspections)) == (2, 1, 1)
    assert len(template_csv(language).split(";")) == len(TABLES["sections"].columns)


def test_the_api_gives_networks_sections_and_files(tmp_path: Path):
    network = make_network(3)
    network.nodes.filter(name="n0").update(kind="source")
    client = Client()
    listed = client.get("/api/v1/networks").json()
    assert [row["code"] for row in listed] == [network.code]
    rows = client.get(f"/api/v1/networks/{network.code}/sections?material=steel&limit=2").json()
    assert len(rows) == 2
    past = client.get(f"/api/v1/networks/{network.code}/sections?as_of=1970-01-01").json()
    assert past == []
    whole = client.get(f"/api/v1/sections/{rows[0]['code']}").json()
    assert whole["line"] == []  # it leads to the source: the public is not shown the place
    open_one = client.get(f"/api/v1/sections/{rows[1]['code']}").json()
    assert open_one["line"][1] == pytest.approx([76.9528, 52.28])
    assert client.get(f"/api/v1/networks/{network.code}/export.inp").status_code == 403
    client = client_of(network.utility_service)
    assert client.get("/api/v1/sections/SC-NOTHING").status_code == 404
    for kind, head in (
        ("inp", b"[TITLE]"),
        ("gpkg", b"SQLite format 3"),
        ("csv", b"\xef\xbb\xbfcode"),
    ):
        answer = client.get(f"/api/v1/networks/{network.code}/export.{kind}")
        body = answer.getvalue() if answer.streaming else answer.content
        assert body.startswith(head)
    assert client.get(f"/api/v1/networks/{network.code}/export.exe").status_code == 422
    assert client.get("/api/v1/networks?limit=0").status_code == 422


def test_a_fault_names_the_column_as_the_template_does():
    with override("ru"):
        assert column_words("sections", "diameter_mm") == "Диаметр, мм"
        assert column_words("sections", "Мой столбец") == "Мой столбец"


def test_what_an_inp_keeps_unread_is_told_at_the_import_and_given_back():
    utility = make_utility()
    client = client_of(utility)
    more = """[CONTROLS]
LINK P2 CLOSED AT TIME 6
[RULES]
RULE 1
IF NODE B PRESSURE BELOW 10
THEN PIPE P2 STATUS IS OPEN
RULE 2
IF NODE B PRESSURE ABOVE 90
THEN PIPE P2 STATUS IS CLOSED
[LABELS]
0 0 "Town"
[END]
"""
    page = hand_in(client, utility, "town.inp", INP.replace("[END]\n", more)).content.decode()
    (found,) = Import.objects.all()
    told = {row["part"]: (row["count"], row["rule"]) for row in import_remarks(found)}
    assert told == {"RULES": (2, "rules"), "CONTROLS": (1, "controls"), "LABELS": (1, "left_out")}
    assert "pressures are computed without these rules" in page
    assert "only decorates the drawing" in page
    names = {"name_kk": "Қала", "name_ru": "Город", "name_en": "Town"}
    client.post(reverse("networks:load", args=[found.code]), names, follow=True)
    given = network_as_inp(Network.objects.get())
    assert "RULE 2" in given
    assert "AT TIME 6" in given
    assert "Town" not in given.partition("[LABELS]")[2]


def test_the_page_of_a_section_tells_its_wear_and_leads_to_its_passport():
    network = make_network()
    section = network.sections.first()
    Section.objects.filter(pk=section.pk).update(
        laid_on=date(1986, 1, 1), norm_life_years=25, condition=0.62
    )
    client = client_of(network.utility_service)
    with override("en"):
        page = client.get(reverse("networks:section", args=[section.code])).content.decode()
        passport = reverse("portal:section", args=[section.code])
    assert f'href="{passport}"' in page
    assert "the norm is 25" in page
    assert "Modelled wear</dt><dd>62%" in page
