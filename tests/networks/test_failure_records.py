"""A stranger's inventory and failures: read whatever their shape, every fault counted."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.options import Limits
from qaita.networks.importing.records import came_after, known_on, read_records
from tests.engine.worlds import World, histories_of

ON = date(2026, 11, 23)


def read(folder: Path, sections: str | bytes, failures: str | bytes):
    for name, text in (("s.csv", sections), ("f.csv", failures)):
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_records(folder / "s.csv", folder / "f.csv", on=ON, limits=Limits())


def write_world(folder: Path, seed: int = 1, *, sections: int = 400) -> tuple[Path, Path]:
    """Write a generated utility as the two files."""
    told = histories_of(World(sections=sections, failures=sections, materials=3), seed)
    with (folder / "s.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["section_id", "laid_on", "material", "diameter_mm", "length_m"])
        for i, (year, km) in enumerate(zip(told.laid_year, told.length_km, strict=True)):
            laid = "" if np.isnan(year) else int(year)
            rows.writerow([f"P{i}", laid, f"m{told.cohort[i]}", told.diameter_mm[i], km * 1000])
    with (folder / "f.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["section_id", "failed_on"])
        for row, year in zip(told.event_section, told.event_year, strict=True):
            rows.writerow([f"P{row}", f"{int(year)}-{1 + int(year % 1 * 12):02d}-15"])
    return folder / "s.csv", folder / "f.csv"


def backtest(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("wear", "backtest", *map(str, arguments), stdout=out)
    return out.getvalue()


HEAD = "section_id,laid_on,material,diameter_mm,length_m\n"


def test_every_fault_is_counted_and_the_rest_is_read(tmp_path):
    sections = HEAD + (
        "A,1970,iron,100,80\n"
        "A,2015-06-01,pe,110,80\n"  # the id goes on with the new pipe
        "B,,steel,,120\n"
        "C,3000,steel,100,-5\n"
        "D,1800,steel,100,99999999\n"
        "D,1800,steel,100,50\n"
        ",1990,steel,100,50\n"
    )
    failures = "section_id,failed_on\n" + (
        "A,2012-05-03\nA,2012-05-03\nA,2020-01-01\nA,1950\nB,14.02.2013\nB,02/30/2013\n"
        "C,never\nX,2014-01-01\n,2014-01-01\nB,2090-01-01\nB,02/28/2014\n"
    )
    records = read(tmp_path, sections, failures)
    assert [(life.section_id, life.gone_year < 9999) for life in records.lives] == [
        ("A", True), ("A", False), ("B", False), ("C", False), ("D", False),
    ]  # fmt: skip
    assert [row for row, _ in records.failed] == [0, 1, 2, 2]
    assert records.faults == {
        "id_used_again": 1, "no_laying_year": 1, "bad_laying_year": 3, "bad_diameter": 1,
        "bad_length": 2, "section_twice": 1, "section_without_id": 1, "failure_twice": 1,
        "failure_before_laying": 1, "bad_failure_day": 3, "failure_of_unknown_section": 1,
        "failure_without_id_or_day": 1,
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_russian_table_with_semicolons_and_decimal_commas_is_read(tmp_path, encoding):
    sections = "Номер участка;Год прокладки;Материал;Диаметр, мм;Длина, м\n"
    sections += "У-1;1985;сталь;100;80,5\nУ-2;2001;ПЭ;110;1 020,25\n"
    failures = "Номер участка;Дата отказа\nУ-1;14.02.2019\nУ-1;15.02.2020\n"
    records = read(tmp_path, sections.encode(encoding), failures.encode(encoding))
    assert [life.length_km for life in records.lives] == pytest.approx([0.0805, 1.02025])
    assert [life.material for life in records.lives] == ["steel", "pe"]
    assert len(records.failed) == 2
    assert not records.faults


def test_a_failure_in_the_year_of_laying_counts_when_only_the_year_is_known(tmp_path):
    records = read(tmp_path, HEAD + "A,2015,pe,100,80\n", "section_id,failed_on\nA,2015-02-01\n")
    assert len(records.failed) == 1
    assert not records.faults


@pytest.mark.parametrize(
    ("sections", "failures", "rule"),
    [
        ("", "section_id,failed_on\n", "empty"),
        (HEAD, "section_id,failed_on\nA,2015\n", "no_sections"),
        ("a,b,c\n1,2,3\n", "section_id,failed_on\nA,2015\n", "no_column"),
        (HEAD + "A,1970,x,1,1\n", "section_id,failed_on\n", "no_failures"),
        (HEAD + "A,1970,x,1,1\n", "section_id,failed_on\nB,2015\n", "no_failures"),
        (HEAD + "A,1970,x,1,1\n", "id,cause\nA,rust\n", "no_column"),
        (b"\x00\x01\x02", "section_id,failed_on\n", "nul_bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, sections, failures, rule):
    with pytest.raises(FaultyNetwork) as refused:
        read(tmp_path, sections, failures)
    assert [fault.rule for fault in refused.value.faults] == [rule]


def test_what_is_known_on_a_day_knows_nothing_of_what_came_later(tmp_path):
    sections = HEAD + "A,1970,x,100,80\nA,2018,pe,100,80\nB,1980,x,100,50\nC,2019,pe,100,50\n"
    failures = "section_id,failed_on\nA,2012\nB,2013\nA,2019\nB,2020\nC,2021\n"
    records = read(tmp_path, sections, failures)
    known = known_on(records, 2015.0)
    assert [life.section_id for life in known.lives] == ["A", "B"]
    assert np.isinf(known.histories.gone_year).all()
    assert len(known.histories.event_year) == 2
    happened, yearly = came_after(records, known, 2015.0)
    assert happened.tolist() == [0.0, 1.0]
    assert yearly.tolist() == [0, 0, 0, 0, 0, 1, 0]


def test_predictions_do_not_change_by_a_byte_with_what_came_after(tmp_path):
    sections, failures = write_world(tmp_path)
    out = tmp_path / "out.csv"
    ask = (sections, failures, "--predict-after", "2019", "--predictions", out, "--json")
    backtest(*ask)
    first = out.read_bytes()
    with sections.open("a") as file:
        file.write("NEW,2022,m1,100,70\n")
    lines = failures.read_text().splitlines()
    past = [line for line in lines[1:] if int(line.split(",")[1][:4]) <= 2019]
    failures.write_text("\n".join([lines[0], *past, "NEW,2023-01-01", "P3,2021-05-05", ""]))
    backtest(*ask)
    assert out.read_bytes() == first
    told = list(csv.DictReader(StringIO(first.decode())))
    assert "NEW" not in {row["section_id"] for row in told}
    assert all(float(row["expected_failures_per_year"]) > 0 for row in told)


def test_the_report_tells_who_was_best_and_what_was_wrong(tmp_path):
    sections, failures = write_world(tmp_path)
    told = json.loads(backtest(sections, failures, "--json"))
    names = {row["name"] for row in told["leaderboard"]}
    assert {"age", "material", "past", "past_then_material", "nhpp", "leyp", "blend"} <= names
    assert told["chosen"] in names
    assert told["faults"]["no_laying_year"]["count"] > 0
    text = backtest(sections, failures)
    assert "sections without a laying year" in text
    assert "Believed:" in text


def test_one_material_and_few_failures_still_give_predictions(tmp_path):
    sections = HEAD + "".join(f"A{i},{1950 + i},iron,100,{20 + i}\n" for i in range(40))
    failures = "section_id,failed_on\nA1,2015-01-01\nA2,2016-01-01\nA1,2020-01-01\n"
    (tmp_path / "s.csv").write_text(sections)
    (tmp_path / "f.csv").write_text(failures)
    out = tmp_path / "out.csv"
    text = backtest(tmp_path / "s.csv", tmp_path / "f.csv", "--predictions", out)
    assert "Too few failures to judge by" in text or "Believed" in text
    rows = {row["section_id"]: row for row in csv.DictReader(StringIO(out.read_text()))}
    rates = {key: float(row["failures_per_km_year"]) for key, row in rows.items()}
    assert len(rates) == 40
    assert rates["A1"] > rates["A3"] > 0


def test_a_year_before_the_records_is_refused(tmp_path):
    sections, failures = write_world(tmp_path, sections=60)
    with pytest.raises(CommandError, match="The records begin in"):
        backtest(sections, failures, "--predict-after", "1990")


SPELLINGS = ("Steel", "STEEL ", "сталь", "Ст.", "Cast Iron", "чугун", "CI", "ПЭ", "PE-100", "?")


def strangers(kind, chance, count=120):
    """Return rows of an inventory and its failures as a stranger may hold them."""
    first = 2021 if kind == "three_years" else 2008
    sections, failures = [], []
    for i in range(count):
        laid = "" if kind == "no_years" or chance.random() < 0.2 else chance.integers(1950, 2018)
        material = "iron" if kind == "one_material" else chance.choice(SPELLINGS)
        length = chance.choice(["12.5", "90", "1 200", "-4", "", "9e9"])
        sections.append(f"S{i},{laid},{material},{chance.choice(['100', '', 'x'])},{length}")
        for _ in range(chance.poisson(0.1 if kind == "few" else 1.2)):
            day = f"{chance.integers(first, 2024)}-{chance.integers(1, 13):02d}-11"
            failures.append(f"S{i},{day}")
    return sections, failures


@pytest.mark.parametrize("kind", ["no_years", "three_years", "one_material", "few", "spellings"])
def test_strangers_data_of_any_kind_gives_predictions_for_every_section(kind, tmp_path):
    sections, failures = strangers(kind, np.random.default_rng(len(kind)))
    (tmp_path / "s.csv").write_text(HEAD + "\n".join(sections))
    (tmp_path / "f.csv").write_text("section_id,failed_on\n" + "\n".join(failures))
    out = tmp_path / "out.csv"
    ask = (tmp_path / "s.csv", tmp_path / "f.csv", "--predict-after", "2022")
    told = json.loads(backtest(*ask, "--predictions", out, "--json"))
    rows = list(csv.DictReader(StringIO(out.read_text())))
    rates = np.array([float(row["failures_per_km_year"]) for row in rows])
    assert len({row["section_id"] for row in rows}) == len(sections)
    assert np.isfinite(rates).all() and (rates > 0).all()
    assert told["faults"]["bad_length"]["count"] > 0


def test_one_material_in_many_spellings_is_one(tmp_path):
    sections = HEAD + "".join(f"A{i},1970,{word},100,80\n" for i, word in enumerate(SPELLINGS[:4]))
    records = read(tmp_path, sections, "section_id,failed_on\nA1,2015\n")
    assert {life.material for life in records.lives} == {"steel"}
