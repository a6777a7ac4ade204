"""A scenario as a file: every limit goes out and comes back; every fault is told with its row."""

import io
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.planning.models import CountryScenario
from qaita.planning.queries import limits_in_file, limits_of_json
from qaita.planning.services import make_country_scenario
from tests.planning.make import AT, YEARS
from tests.planning.make_country import MILLION, Land, make_land, make_limits_of_land

pytestmark = pytest.mark.django_db
HEAD = "kind,utility,region,service,product,year,amount,unit"


@pytest.fixture
def land() -> Land:
    return make_land()


def office(land: Land) -> Client:
    person = Person.objects.get(code=land.office.code)
    person.language = "en"
    person.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def door(name: str, *words: str) -> str:
    return reverse(f"planning:{name}", args=words)


def told(*lines: str) -> list[tuple[int, str, str]]:
    content = "\n".join([HEAD, *lines]).encode()
    limits, faults = limits_in_file("x.csv", content, this_year=YEARS[0])
    assert (limits is None) == bool(faults)
    return [(one.row, one.column, str(one.text)) for one in faults]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_all_limits_of_a_scenario_go_out_and_come_back_the_same(land: Land, form: str):
    utility, region = land.water.utility.code, land.water.region.kato
    limits = make_limits_of_land(
        120,
        caps_kzt={utility: {YEARS[0]: Decimal("40000000.50"), YEARS[1]: Decimal(50 * MILLION)}},
        capacities_km={region: {"water": {YEARS[0]: 1.25}}},
        floors_km={"heat": {YEARS[1]: 0.125}},
        regions_kzt={region: Decimal(10 * MILLION)},
        domestic_shares={"water": 0.6},
        red_zone_share=0.1,
        carries_over=False,
        supplies_km={"": {"22.21.21": {YEARS[0]: 3.5}}},
        import_shares={"water": 0.25},
    )
    made = make_country_scenario(limits, title="All", by=land.office, at=AT)
    client = office(land)
    answer = client.get(door("country_limits", made.code, form))
    content = b"".join(answer) if answer.streaming else answer.content
    file = SimpleUploadedFile(f"limits.{form}", content)
    answer = client.post(door("country_upload"), {"title": "Back", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    back = CountryScenario.objects.get(title="Back")
    assert back.limits == made.limits and limits_of_json(back.limits) == limits


def test_every_fault_is_told_with_its_row_and_nothing_is_taken(land: Land):
    year, utility = YEARS[0], land.water.utility.code
    assert told(
        f"budget,,,,,{year},-5,",
        f"budget,,,,,{year + 1},nan,",
        "budget,,,,,1066,5,",
        f"cap,NOBODY,,,,{year},5,",
        f"cap,{utility},,,,,5,km",
        f"capacity,,99,water,,{year},,",
        "domestic,,,water,,,140,%",
        "wish,,,,,,1,",
        f"floor,,,sand,,{year},1e400,",
    ) == [
        (2, "amount", "It must not be negative."),
        (3, "amount", "It must be a number."),
        (4, "year", "It must be a year from this one on, fifty at most ahead."),
        (5, "utility", "This code is not known here."),
        (6, "year", "It must be filled in."),
        (6, "unit", "Amounts of this kind are in another unit."),
        (7, "region", "This code is not known here."),
        (7, "amount", "It must be filled in."),
        (8, "amount", "It is too large."),
        (9, "kind", "There is no such kind of limit."),
        (10, "service", "This code is not known here."),
        (10, "amount", "It must be a number."),
    ]


def test_rows_that_do_not_fit_together_are_told(land: Land):
    year, utility = YEARS[0], land.water.utility.code
    assert told(f"budget,,,,,{year},5,", f"budget,,,,,{year},6,") == [
        (3, "kind", "The same limit stands in an earlier row.")
    ]
    assert told(f"budget,,,,,{year},5,", f"cap,{utility},,,,{year + 1},6,") == [
        (3, "year", "There is no money of the country for this year.")
    ]
    assert told(f"budget,,,,,{year},5,", f"budget,,,,,{year + 2},6,")[0][:2] == (0, "year")
    assert told() == [(0, "", "The file holds no limits.")]
    assert told("red_zone,,,,,,5,%")[0][2].startswith("No row says the country's money")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04 no workbook", b"a,b\n1,2"])
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_what_is_no_such_file_is_said(land: Land, name: str, content: bytes):
    file = SimpleUploadedFile(name, content or b"\n")
    answer = office(land).post(door("country_upload"), {"title": "X", "file": file})
    assert answer.status_code == 422 and not CountryScenario.objects.exists()
    assert answer.context["faults"]


def test_faults_stand_on_the_page_with_their_rows(land: Land):
    page = io.BytesIO()
    with xlsxwriter.Workbook(page) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ["budget", "", "", "", "", YEARS[0], "many", ""])
    file = SimpleUploadedFile("x.xlsx", page.getvalue())
    answer = office(land).post(door("country_upload"), {"title": "X", "file": file})
    text = answer.content.decode()
    assert "1 fault: nothing was taken." in text and "It must be a number." in text
    assert not CountryScenario.objects.exists()
