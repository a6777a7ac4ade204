"""Good files of every format, read as their owners meant them."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from qaita.networks.geometry import geodesic_length_m
from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.reading import read_network_file
from qaita.networks.importing.values import (
    BadValue,
    instant_of,
    kind_of,
    laid_of,
    material_of,
    number_of,
    past_instant_of,
)
from qaita.networks.parsed import ParsedNetwork
from tests.networks.test_hostile_files import INP, write

LINES = np.array([[[76.9, 52.2], [76.91, 52.2]], [[76.91, 52.2], [76.91, 52.21]]])
ON = date(2026, 3, 2)


def read(path: Path, **values: object) -> ParsedNetwork:
    found = read_network_file(path, service="water", options=ReadOptions(on=ON, **values))
    assert not isinstance(found, list), [fault.as_dict() for fault in found]
    return found


def write_lines(path: Path, driver: str, crs: str = "EPSG:4326", **more: object) -> Path:
    lines = LINES
    if crs != "EPSG:4326":
        change = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        lines = np.stack(change.transform(LINES[..., 0], LINES[..., 1]), axis=-1)
    columns = {"Материал": ["сталь", "ПЭ"], "Диаметр": [150.0, 200.0], "Год": ["1986", "1960-е"]}
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.linestrings(lines)),
        [
            np.array(values, dtype=object if i != 1 else float)
            for i, values in enumerate(columns.values())
        ]
        if driver != "DXF"
        else [],
        fields=list(columns) if driver != "DXF" else [],
        crs=crs,
        driver=driver,
        geometry_type="LineString",
        **more,
    )
    return path


@pytest.mark.parametrize(
    ("driver", "ending"), [("GPKG", "gpkg"), ("GeoJSON", "geojson"), ("FlatGeobuf", "fgb")]
)
def test_a_file_of_lines_is_read_with_its_columns(tmp_path, driver, ending):
    parsed = read(write_lines(tmp_path / f"lines.{ending}", driver))
    by_year = sorted(parsed.sections, key=lambda section: str(section.laid_on))
    assert [section.material for section in by_year] == ["pe", "steel"]
    assert [section.laid_precision for section in by_year] == ["decade", "year"]
    assert [section.laid_on.year for section in by_year] == [1965, 1986]
    assert len(parsed.nodes) == 3  # the two lines meet


def test_coordinates_in_metres_are_turned_into_degrees(tmp_path):
    parsed = read(write_lines(tmp_path / "utm.gpkg", "GPKG", "EPSG:32643"))
    assert parsed.sections[0].coords[0] == pytest.approx([76.9, 52.2], abs=1e-7)


def test_a_drawing_of_a_draughtsman_needs_its_coordinate_system(tmp_path):
    path = write_lines(tmp_path / "plan.dxf", "DXF", "EPSG:32643")
    found = read_network_file(path, service="water")
    assert isinstance(found, list)
    assert [fault.rule for fault in found] == ["no_crs"]
    parsed = read(path, crs="EPSG:32643")
    assert len(parsed.sections) == 2
    assert parsed.sections[0].coords[0] == pytest.approx([76.9, 52.2], abs=1e-6)


def test_an_old_shapefile_is_read_in_the_encoding_that_is_named(tmp_path):
    path = write_lines(tmp_path / "old.shp", "ESRI Shapefile", encoding="cp1251")
    (tmp_path / "old.cpg").unlink(missing_ok=True)
    parsed = read(path, encoding="cp1251")
    assert [section.material for section in parsed.sections] == ["steel", "pe"]


def test_a_drawing_of_pipes_is_put_true_to_scale_where_it_is_said(tmp_path):
    parsed = read(write(tmp_path, "town.inp", INP), at=(76.95, 52.28))
    first, second = parsed.sections
    # 100 units are drawn of pipes of 100 m and 200 m: the median scale is 1.5
    assert geodesic_length_m(first.coords) == pytest.approx(150, rel=1e-6)
    assert geodesic_length_m(second.coords) == pytest.approx(150, rel=1e-6)
    assert (first.length_m, second.length_m) == (100, 200)
    lons = [node.lon_deg for node in parsed.nodes]
    assert (min(lons) + max(lons)) / 2 == pytest.approx(76.95, abs=1e-4)
    assert parsed.nodes[0].consumers == 5 * 86_400 / 200


def test_demands_of_one_junction_add_up_to_its_consumers(tmp_path):
    text = INP.replace("[COORDINATES]", "[DEMANDS]\nA 1\nA 2\n[COORDINATES]")
    people = {node.key: node.consumers for node in read(write(tmp_path, "a.inp", text)).nodes}
    assert people["A"] == 3 * 86_400 / 200  # litres a second over litres a consumer and day


def test_a_failure_that_has_not_come_is_a_fault(tmp_path):
    assert past_instant_of("2026-03-02", ON) == instant_of("2026-03-02")
    with pytest.raises(BadValue):
        past_instant_of("2026-03-03", ON)


def test_a_true_place_of_an_inp_file_is_kept(tmp_path):
    text = INP.replace("A 0 0", "A 500000 5782000").replace("B 100 0", "B 500200 5782000")
    text = text.replace("R 0 100", "R 499900 5782000")
    parsed = read(write(tmp_path, "utm.inp", text), crs="EPSG:32643")
    assert parsed.nodes[0].lon_deg == pytest.approx(75.0, abs=1e-6)
    assert geodesic_length_m(parsed.sections[1].coords) == pytest.approx(200, rel=1e-3)


def test_a_district_heating_network_is_read_whole():
    spec = find_spec("pandapipes")
    if spec is None or spec.origin is None:
        pytest.skip("pandapipes is not installed")
    folder = Path(spec.origin).parent / "networks" / "network_files"
    parsed = read(folder / "sw_heat.json", at=(76.95, 52.28))
    assert len(parsed.nodes) == 488
    assert sum(section.length_m or 0 for section in parsed.sections) == pytest.approx(5250, abs=5)
    assert sum(node.consumers for node in parsed.nodes) == 44
    assert [node.kind for node in parsed.nodes].count("plant") == 1
    kinds = [unit.kind for unit in parsed.equipment]
    assert (kinds.count("valve"), kinds.count("pump")) == (4, 1)
    assert len(parsed.sections) + kinds.count("coupling") == 482


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Сталь 3", "steel"),
        ("ст. 20", "steel"),
        ("болат", "steel"),
        ("Чугун", "cast_iron"),
        ("шойын", "cast_iron"),
        ("ВЧШГ", "ductile_iron"),
        ("ПЭ100 SDR17", "pe"),
        ("ж/б", "concrete"),
        ("а/ц", "asbestos_cement"),
        ("Предизолированная сталь в ППУ", "preinsulated"),
        ("PVC", "pvc"),
        ("н/д", ""),
    ],
)
def test_materials_are_understood_in_three_languages(text, code):
    assert material_of(text, service="water", named={}) == code


def test_a_concrete_pole_is_no_concrete_pipe():
    assert material_of("железобетонные опоры", service="power", named={}) == "line_concrete"
    assert material_of("труба №7", service="heat", named={"труба №7": "pe"}) == "pe"
    with pytest.raises(BadValue):
        material_of("сыр", service="water", named={})


def test_numbers_days_and_kinds_are_understood_as_people_write_them():
    assert number_of("1 234,5 м") == 1234.5
    assert number_of("150 мм") == 150
    assert number_of("-") is None
    assert laid_of("1986 г.", ON) == (date(1986, 7, 1), "year")
    assert laid_of("20.05.1986", ON) == (date(1986, 5, 20), "day")
    assert laid_of(1986.0, ON) == (date(1986, 7, 1), "year")
    assert laid_of(None, ON) == (None, "unknown")
    assert instant_of("2025-01-14").hour == 7  # noon in Kazakhstan
    assert kind_of("котельная") == "plant"
    for bad in ("весной", "1700", "2999", "31.02.2001"):
        with pytest.raises(BadValue):
            laid_of(bad, ON)
