"""A site opens with its bill of quantities, read from a table with every fault named."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qaita.procurement.models import Contract
from qaita.web.works.bills import COLUMNS, BillFaults, read_bill
from qaita.works.models import Site
from tests.works.make import Ground, make_ground
from tests.works.test_desk import client_of

HEAD = ";".join(COLUMNS)
LENGTH = "length;Төсеу;Укладка;Laying;m;100;100;50 000,00"
MANHOLES = "other;Құдық;Колодец;;pcs;6;5;200000"


@pytest.fixture
def ground(db) -> Ground:
    made = make_ground()
    Contract.objects.filter(pk=made.contract.pk).update(ends_on="2030-01-01")
    return made


def opened(ground: Ground, role: str, *rows: str):
    table = SimpleUploadedFile("bill.csv", "\n".join([HEAD, *rows]).encode(), "text/csv")
    words = {"supervision": ground.supervision.pk, "design_material": "", "bill": table}
    return client_of(ground, role).post(f"/en/desk/works/open/{ground.contract.code}/", words)


def test_the_bill_of_the_file_is_the_bill_of_the_site(ground) -> None:
    assert opened(ground, "supplier", LENGTH, MANHOLES).status_code == 302
    lines = Site.objects.get().lines.values_list("number", "kind", "title_en", "unit", "price_kzt")
    assert list(lines) == [
        (1, "length", "Laying", "m", 50_000), (2, "other", "Колодец", "pcs", 200_000),
    ]  # fmt: skip


def test_without_a_file_one_line_pays_the_length(ground) -> None:
    words = {"supervision": ground.supervision.pk, "design_material": ""}
    address = f"/en/desk/works/open/{ground.contract.code}/"
    assert client_of(ground, "supplier").post(address, words).status_code == 302
    assert [line.kind for line in Site.objects.get().lines.all()] == ["length"]


def test_a_bill_dearer_than_the_contract_comes_back_with_the_fault(ground) -> None:
    answer = opened(ground, "supplier", LENGTH.replace("50 000", "90 000 000"))
    assert answer.status_code == 422
    assert "The bill of quantities costs more than the contract." in answer.content.decode()
    assert not Site.objects.exists()


@pytest.mark.parametrize("role", ["nobody", "supervisor"])
def test_who_has_no_part_in_the_contract_opens_nothing(ground, role) -> None:
    assert opened(ground, role, LENGTH).status_code in (403, 404)
    address = f"/en/desk/works/open/{ground.contract.code}/bill.csv"
    assert client_of(ground, role).get(address).status_code in (403, 404)
    assert not Site.objects.exists()


def test_the_table_to_fill_can_be_sent_back_as_it_is(ground) -> None:
    address = f"/en/desk/works/open/{ground.contract.code}/bill.csv"
    table = client_of(ground, "utility_engineer").get(address).content
    (line,) = read_bill(table)
    assert line.kind == "length" and line.contract_quantity == ground.contract.lot.quantity


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), "Exactly one line pays the length"),
        ((LENGTH, LENGTH), "Exactly one line pays the length"),
        ((MANHOLES,), "Exactly one line pays the length"),
        ((LENGTH.replace("length", "metres"),), "Row 2: kind is"),
        ((LENGTH.replace(";m;", ";pcs;"),), "Row 2: a length is counted"),
        ((LENGTH, MANHOLES.replace("pcs", "bag")), "Row 3: unit is one of"),
        ((LENGTH, MANHOLES.replace(";6;5;", ";5;6;")), "Row 3: the contract takes more"),
        ((LENGTH, MANHOLES.replace("200000", "dear")), "needed in: price_kzt"),
        ((LENGTH, MANHOLES.replace("200000", "NaN")), "needed in: price_kzt"),
        ((LENGTH, MANHOLES.replace("200000", "-1")), "needed in: price_kzt"),
        ((LENGTH, MANHOLES.replace("200000", "1.234")), "needed in: price_kzt"),
        ((LENGTH, "other"), "title_kk and title_ru are needed"),
        ((LENGTH, MANHOLES.replace("Құдық", "Қ" * 251)), "a title is too long"),
        ((LENGTH, *[MANHOLES] * 1_000), "1000 lines at most"),
    ],
)
def test_every_fault_is_told_with_its_row(rows, words) -> None:
    with pytest.raises(BillFaults) as wrong:
        read_bill("\n".join([HEAD, *rows]).encode())
    assert any(words in text for text in wrong.value.texts)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "lacks the columns"), (b"\x00\x01\x02", "no CSV table"),
        (b"kind;unit\nlength;m", "lacks the columns: title_kk"), (b"x" * 1_000_001, "megabyte"),
        ((HEAD + "\n" + "x" * 140_000).encode(), "no CSV table"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(data, words) -> None:
    with pytest.raises(BillFaults) as wrong:
        read_bill(data)
    assert words in wrong.value.texts[0]


def test_a_table_of_a_spreadsheet_in_windows_letters_is_read() -> None:
    line = LENGTH.replace("Төсеу", "Тосеу")
    (read,) = read_bill(f"{HEAD}\r\n{line}".encode("cp1251"))
    assert read.titles == ("Тосеу", "Укладка", "Laying") and read.price_kzt == 50_000
