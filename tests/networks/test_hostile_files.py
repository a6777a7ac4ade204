"""Whatever a stranger hands in, the answer is a list of faults, and nothing is stored."""

import io
import json
import random
import sqlite3
import time
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
import xlsxwriter

from qaita.networks.importing.options import Limits, ReadOptions
from qaita.networks.importing.reading import read_network_file

INP = """[TITLE]
[JUNCTIONS]
A 10 5
B 11 0
[RESERVOIRS]
R 50
[PIPES]
P1 R A 100 150 100 0 Open
P2 A B 200 100 100 0 Open
[OPTIONS]
UNITS LPS
[COORDINATES]
A 0 0
B 100 0
R 0 100
[END]
"""


def rules(path: Path, **values: object) -> set[str]:
    began = time.monotonic()
    read = read_network_file(path, service="water", **values)
    assert time.monotonic() - began < 20
    assert isinstance(read, list), "the file was taken"
    assert read
    assert all(str(fault.text) for fault in read)
    json.dumps([fault.as_dict() for fault in read])
    return {fault.rule for fault in read}


def write(tmp_path: Path, name: str, data: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def write_lines(
    path: Path, *, crs: str | None = "EPSG:4326", scale: float = 1, driver: str = "GPKG"
):
    lines = shapely.linestrings(np.array([[[76.9, 52.2], [76.91, 52.2]]]) * scale)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(lines),
        [np.array(["сталь"], dtype=object)],
        fields=["material"],
        crs=crs,
        driver=driver,
        geometry_type="LineString",
    )
    return path


@pytest.mark.parametrize(
    "ending",
    [".inp", ".csv", ".xlsx", ".gpkg", ".geojson", ".json", ".zip", ".fgb", ".dxf", ".shp"],
)
def test_empty_and_garbage_files_of_every_format_are_refused(tmp_path, ending):
    assert rules(write(tmp_path, f"empty{ending}", b"")) == {"empty"}
    noise = random.Random(7).randbytes(200_000)
    assert rules(write(tmp_path, f"noise{ending}", noise))
    assert rules(write(tmp_path, f"zeros{ending}", bytes(100_000)))
    assert rules(write(tmp_path, f"brace{ending}", b"{" * 200_000))


def test_a_missing_file_and_an_unknown_ending_are_refused(tmp_path):
    assert rules(tmp_path / "nothing.inp") == {"missing_file"}
    assert rules(write(tmp_path, "letter.docx", b"PK")) == {"unknown_format"}


def test_every_fault_of_an_inp_file_is_told_with_its_line(tmp_path):
    text = (
        INP.replace("P2 A B 200", "P2 A X -5")
        .replace("A 10 5", "A ten 5")
        .replace("B 100 0\n", "")
        .replace("[OPTIONS]", "[OPTION5]\n[PUMPS]\nPU A B HEAD C9\n[OPTIONS]")
    )
    read = read_network_file(write(tmp_path, "bad.inp", text), service="water")
    assert isinstance(read, list)
    told = {(fault.table, fault.rule): fault.rows for fault in read}
    assert told["PIPES", "unknown_node"] == (9,)
    assert told["PIPES", "not_positive"] == (9,)
    assert told["JUNCTIONS", "not_a_number"] == (3,)
    assert told["PUMPS", "unknown_curve"] == (12,)
    assert told["COORDINATES", "no_coordinates"] == (4,)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8, 0.95])
def test_a_truncated_inp_file_is_refused(tmp_path, share):
    assert "truncated" in rules(write(tmp_path, "cut.inp", INP[: int(len(INP) * share)]))


def test_text_in_another_encoding_is_refused_with_its_line_unless_it_is_named(tmp_path):
    text = INP.replace("P1 R A", "Труба R A")
    path = write(tmp_path, "cp1251.inp", text.encode("cp1251"))
    read = read_network_file(path, service="water")
    assert isinstance(read, list)
    assert (read[0].rule, read[0].rows) == ("not_utf8", (8,))
    named = read_network_file(path, service="water", options=ReadOptions(encoding="cp1251"))
    assert not isinstance(named, list)
    assert named.sections[0].key == "Труба"


def test_zero_bytes_and_endless_lines_are_refused(tmp_path):
    assert rules(write(tmp_path, "nul.inp", INP.replace("200", "2\0"))) == {"nul_bytes"}
    assert rules(write(tmp_path, "nul.csv", "id;from\n1;\0\n")) == {"nul_bytes"}
    small = Limits(line_bytes=10_000)
    assert rules(write(tmp_path, "long.inp", "[PIPES]\n" + "x" * 20_000), limits=small) == {
        "long_line"
    }
    assert rules(write(tmp_path, "long.csv", "x" * 20_000), limits=small) == {"long_line"}


def test_a_line_of_a_gigabyte_is_refused_without_being_read(tmp_path):
    for ending in (".inp", ".csv", ".geojson", ".json", ".dxf"):
        path = tmp_path / f"giant{ending}"
        with path.open("wb") as file:
            file.write(b"{" if "json" in ending else b"0")
            file.seek(1_100_000_000)
            file.write(b"x")
        assert rules(path) & {"too_big", "long_line"}


def test_a_million_rows_of_garbage_become_few_faults(tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("id;from_lon;from_lat;to_lon;to_lat;diameter;year\n")
        file.writelines(f"{i % 9};x;y;z;q;много;тридцать\n" for i in range(100_000))
    read = read_network_file(path, service="water")
    assert isinstance(read, list)
    assert len(read) < 20
    assert all(len(fault.rows) <= 50 for fault in read)


def test_more_rows_than_allowed_are_refused(tmp_path):
    small = Limits(rows=10)
    path = write(tmp_path, "rows.csv", "id;a\n" + "1;2\n" * 100)
    assert rules(path, limits=small) == {"too_many_rows"}


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_missing_a_wrong_and_an_unknown_coordinate_system_are_refused(tmp_path):
    assert rules(write_lines(tmp_path / "none.gpkg", crs=None)) == {"no_crs"}
    assert rules(write_lines(tmp_path / "utm.gpkg", crs="EPSG:32642")) == {"wrong_crs"}
    metres = write_lines(tmp_path / "metres.gpkg", scale=10_000)
    assert rules(metres) == {"wrong_crs"}
    metres = write_lines(tmp_path / "metres.geojson", scale=10_000, driver="GeoJSON")
    assert rules(metres) == {"wrong_crs"}
    options = ReadOptions(crs="EPSG:999999")
    assert rules(tmp_path / "none.gpkg", options=options) == {"unknown_crs"}


def geojson(tmp_path: Path, coords: list[list[float]], **more: object) -> Path:
    line = {"type": "LineString", "coordinates": coords}
    feature = {"type": "Feature", "geometry": line, "properties": {"code": "a"}}
    text = json.dumps({"type": "FeatureCollection", **more, "features": [feature]})
    return write(tmp_path, "lines.geojson", text)


def test_coordinates_in_the_wrong_order_are_refused(tmp_path):
    assert rules(geojson(tmp_path, [[52.28, 76.95], [52.29, 76.96]])) == {"swapped"}
    right = geojson(tmp_path, [[76.95, 52.28], [76.96, 52.29]])
    assert not isinstance(read_network_file(right, service="water"), list)


def test_a_geojson_that_names_an_unknown_coordinate_system_is_refused(tmp_path):
    street = [[76.95, 52.28], [76.96, 52.29]]
    crs = {"type": "name", "properties": {"name": "EPSG:99999999"}}
    assert rules(geojson(tmp_path, street, crs=crs)) == {"unknown_crs"}
    crs["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    known = geojson(tmp_path, street, crs=crs)
    assert not isinstance(read_network_file(known, service="water"), list)


def test_a_truncated_geopackage_and_one_with_a_view_are_refused(tmp_path):
    whole = write_lines(tmp_path / "whole.gpkg").read_bytes()
    for share in (0.02, 0.4, 0.97):
        assert rules(write(tmp_path, "cut.gpkg", whole[: int(len(whole) * share)]))
    base = sqlite3.connect(tmp_path / "whole.gpkg")
    base.execute(
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n"
    )
    base.execute("INSERT INTO gpkg_contents(table_name, data_type) VALUES ('endless', 'features')")
    base.commit()
    base.close()
    assert rules(tmp_path / "whole.gpkg") == {"view_layer"}


def test_a_file_that_only_pretends_to_be_a_geopackage_opens_nothing_else(tmp_path):
    text = (
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    for ending in (".gpkg", ".geojson", ".shp", ".fgb", ".json"):
        assert rules(write(tmp_path, f"vrt{ending}", text)) == {"broken"}


def zipped(tmp_path: Path, members: dict[str, bytes]) -> Path:
    path = tmp_path / "lines.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_archive_that_reaches_outside_or_explodes_is_refused(tmp_path):
    assert rules(zipped(tmp_path, {"../../evil.shp": b"x"})) == {"unsafe_archive"}
    assert rules(zipped(tmp_path, {"/etc/evil.shp": b"x"})) == {"unsafe_archive"}
    assert rules(zipped(tmp_path, {"a.shp": b"x"})) == {"incomplete_archive"}
    bomb = {"a.shp": bytes(50_000_000), "a.shx": b"", "a.dbf": b""}
    assert rules(zipped(tmp_path, bomb)) == {"bomb"}
    assert not (tmp_path.parent / "evil.shp").exists()


def test_a_zipped_shapefile_is_read(tmp_path):
    write_lines(tmp_path / "a.shp", driver="ESRI Shapefile")
    members = {p.name: p.read_bytes() for p in tmp_path.glob("a.*")}
    read = read_network_file(zipped(tmp_path, members), service="water")
    assert not isinstance(read, list)
    assert read.sections[0].material == "steel"


def workbook(tmp_path: Path, rows: list[list[object]], name: str = "book.xlsx") -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Участки")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


HEAD = ["Номер участка", "Начало, долгота", "Начало, широта", "Конец, долгота", "Конец, широта"]
GOOD = ["У-1", 76.9, 52.2, 76.91, 52.2]


def test_cells_ends_and_values_are_all_told_at_once(tmp_path):
    head = ["Номер участка", "Начальный узел", "Конечный узел", *HEAD[1:], "Диаметр, мм"]
    rows = [
        head,
        ["У-1", "", "", *GOOD[1:], 100],
        ["У-1", "", "", *GOOD[1:], -5],
        ["У-3", "К-7", "К-8", "", "", "", "", 100],
        ["У-4", "", "", *GOOD[1:], "сто"],
    ]
    faults = read_network_file(workbook(tmp_path, rows), service="water")
    assert isinstance(faults, list)
    found = {(fault.rule, fault.rows) for fault in faults}
    assert {
        ("not_a_number", (5,)),
        ("unknown_node", (4,)),
        ("bad_diameter", (3,)),
        ("same_key", (3,)),
    } <= found


def test_mixed_types_and_errors_in_cells_are_told_by_row(tmp_path):
    path = workbook(
        tmp_path,
        [
            [*HEAD, "Диаметр, мм", "Год прокладки", "Материал"],
            [*GOOD, "сто", 1986, "сталь"],
            ["У-2", *GOOD[1:], True, "весной", "=1+1"],
            ["У-2", *GOOD[1:], 100, 2999, "каша"],
        ],
    )
    read = read_network_file(path, service="water")
    assert isinstance(read, list)
    told = {(fault.column, fault.rule): fault.rows for fault in read}
    assert told["Диаметр, мм", "not_a_number"] == (2, 3)
    assert told["Год прокладки", "bad_date"] == (3,)
    assert told["Материал", "formula"] == (3,)
    assert told["Материал", "bad_material"] == (4,)


def test_a_formula_in_a_csv_is_refused(tmp_path):
    text = (
        "Номер участка;Материал;WKT\n=cmd|' /C calc'!A0;сталь;LINESTRING (76.9 52.2, 76.91 52.2)\n"
    )
    assert rules(write(tmp_path, "evil.csv", text)) == {"formula"}


def test_a_lone_far_cell_does_not_take_all_memory(tmp_path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Участки")
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "x")
    assert rules(path) == {"bomb"}


def test_entities_that_grow_are_not_expanded(tmp_path):
    good = workbook(tmp_path, [HEAD, GOOD])
    laughs = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    laughs += "".join(f'<!ENTITY a{i} "&a{i - 1};&a{i - 1};">' for i in range(1, 30))
    laughs += "]><worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&a29;</t>"
    laughs += "</is></c></row></sheetData></worksheet>"
    held = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(held, "w") as new:
        for member in old.infolist():
            is_sheet = member.filename.startswith("xl/worksheets/sheet")
            new.writestr(member.filename, laughs if is_sheet else old.read(member))
    assert rules(write(tmp_path, "laughs.xlsx", held.getvalue()))


def test_a_workbook_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40_000_000))
    assert rules(path) == {"bomb"}


def test_deep_and_odd_json_is_refused(tmp_path):
    deep = '{"_module": "pandapipes", "_object": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert rules(write(tmp_path, "deep.json", deep))
    assert rules(
        write(tmp_path, "odd.json", '{"_module": "pandapipes.x", "_object": {"junction": 5}}')
    )
    odd = {
        "junction": {"_class": "DataFrame", "_object": '{"columns":["a"],"index":[1],"data":[]}'}
    }
    text = json.dumps({"_module": "pandapipes.x", "_object": odd})
    assert rules(write(tmp_path, "short.json", text))


def test_random_damage_to_real_looking_files_never_breaks_the_reader(tmp_path):
    chance = random.Random(11)
    sheet = workbook(tmp_path, [HEAD, GOOD])
    gpkg = write_lines(tmp_path / "good.gpkg")
    for good in (write(tmp_path, "good.inp", INP), sheet, gpkg):
        whole = bytearray(good.read_bytes())
        for number in range(15):
            data = bytearray(whole)
            for _ in range(20):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path = write(tmp_path, f"damaged{number}{good.suffix}", bytes(data))
            read_network_file(path, service="water")


def test_formulas_of_a_workbook_are_told_by_their_cells(tmp_path):
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Участки")
        sheet.write_row(0, 0, ["Номер участка", "Длина, м", "Линия (WKT)"])
        sheet.write_row(1, 0, ["У-1", 100, "LINESTRING (76.9 52.2, 76.91 52.2)"])
        sheet.write_formula(1, 1, "=50+50", value=100)
        book.add_worksheet("Итого").write_formula(0, 0, "=SUM(Участки!B2:B2)")
    read = read_network_file(path, service="water")
    assert isinstance(read, list)
    assert [(f.table, f.column, f.rows, f.rule) for f in read] == [
        ("sections", "Длина, м", (2,), "formula")
    ]


def test_two_columns_of_one_heading_are_not_guessed_between(tmp_path):
    text = "id;length;Length;wkt\n1;10;20;LINESTRING (76.9 52.2, 76.91 52.2)\n"
    assert rules(write(tmp_path, "two.csv", text)) == {"same_column"}


def test_points_that_are_no_numbers_are_told_by_their_rows(tmp_path):
    text = "id;wkt\n1;LINESTRING (nan nan, 76.91 52.2)\n2;LINESTRING (76.9 52.2, inf 52.2)\n"
    read = read_network_file(write(tmp_path, "nan.csv", text), service="water")
    assert isinstance(read, list)
    assert [(fault.rule, fault.rows) for fault in read] == [("no_geometry", (2, 3))]


def test_a_network_on_another_continent_has_the_wrong_coordinate_system(tmp_path):
    path = tmp_path / "net.gpkg"
    write_lines(path, crs="EPSG:32618", scale=7_000)
    assert rules(path) == {"elsewhere"}


def test_every_fault_of_a_row_is_told(tmp_path):
    text = "id;length;diameter;year;wkt\n1;1e300;-1;3025;LINESTRING (76.9 52.2, 76.91 52.2)\n"
    found = rules(write(tmp_path, "all.csv", text))
    assert found == {"bad_date", "long_length", "bad_diameter"}


def test_patterns_of_an_inp_are_numbers(tmp_path):
    text = INP.replace("[OPTIONS]", "[PATTERNS]\nP1 1 P1\n[OPTIONS]")
    assert rules(write(tmp_path, "loop.inp", text)) == {"not_a_number"}
