"""Sections from a GeoPackage into the register, beside sqlite3 alone.

QAITA_BENCH_SECTIONS says how many: 1000000 is the size of the goal, 200000 the usual one.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from qaita.console.benching import Line
from qaita.console.place import ROOT

SECTIONS = int(os.environ.get("QAITA_BENCH_SECTIONS", "200000"))
STEP_DEG = (0.0012, 0.0008)
MATERIALS = np.array(["сталь", "чугун", "ПЭ", ""], dtype=object)
# runs in a process of its own, so that its memory is its own
CHILD = """
import json, resource, sys, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from qaita.accounts.models import Organisation
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.networks.importing.reading import read_network_file
from qaita.networks.services import import_network, register_utility_service
from qaita.territory.models import Region
names = {"name_kk": "Demo", "name_ru": "Demo", "name_en": "Demo"}
region = Region.objects.create(kato="55", iso="KZ-55", **names)
owner = Organisation.objects.create(bin="000000000000", kind="utility", region=region, **names)
service = register_utility_service(owner, service="water", region=region, by=SYSTEM, at=now())
began = time.monotonic()
parsed = read_network_file(Path(sys.argv[1]), service="water")
read = time.monotonic() - began
load = import_network(parsed, utility_service=service, name="Demo", by=SYSTEM, at=now())
whole = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
print(json.dumps({"read": read, "whole": whole, "peak": peak, "held": load.counts["sections"]}))
"""


def write_streets(path: Path, count: int) -> None:
    """Write a grid of streets as a GeoPackage: generated data."""
    number = np.arange(count)
    side = int((count / 2) ** 0.5) + 1
    row, column = number // 2 // side, number // 2 % side
    start = np.stack([66 + column * STEP_DEG[0], 45 + row * STEP_DEG[1]], 1)
    along = np.where(number[:, None] % 2 == 0, [[STEP_DEG[0], 0]], [[0, STEP_DEG[1]]])
    lines = shapely.linestrings(np.stack([start, start + along], 1))
    years = np.where(number % 7 == 0, "", (1950 + number % 70).astype(str)).astype(object)
    fields = {
        "Номер участка": np.array([f"S{n}" for n in number], dtype=object),
        "Материал": MATERIALS[number % 4],
        "Диаметр, мм": (100 + number % 5 * 50).astype(float),
        "Год прокладки": years,
    }
    pyogrio.raw.write(
        path,
        shapely.to_wkb(lines),
        list(fields.values()),
        fields=list(fields),
        layer="sections",
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type="LineString",
    )


def seconds_of_sqlite(path: Path, folder: Path) -> float:
    """Copy the same rows into a table with the same number of indexes by sqlite3 alone."""
    began = time.monotonic()
    _, _, shapes, fields = pyogrio.raw.read(path)
    base = sqlite3.connect(folder / "peer.sqlite3")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE s (id INTEGER PRIMARY KEY, code, material, mm, year, shape BLOB)")
    for column in ("code", "material", "mm", "year"):
        base.execute(f"CREATE INDEX s_{column} ON s ({column})")
    rows = zip(*(field.tolist() for field in fields), shapes.tolist(), strict=True)
    sql = "INSERT INTO s (code, material, mm, year, shape) VALUES (?, ?, ?, ?, ?)"
    with base:
        base.executemany(sql, rows)
    base.close()
    return time.monotonic() - began


def measure() -> list[Line]:
    """Measure reading, storing and memory."""
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as name:
        folder = Path(name)
        path = folder / "streets.gpkg"
        write_streets(path, SECTIONS)
        environment = {
            **os.environ,
            "QAITA_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "qaita.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, path], env=environment, check=True, stdout=subprocess.PIPE
        )
        told = json.loads(done.stdout)
        peer = seconds_of_sqlite(path, folder)
    what = f"{told['held']:,} sections"
    return [
        Line(
            f"{what}: read, checked, aged, stored, in the ledger",
            told["whole"],
            "s",
            peer="sqlite3 bulk insert of the bare rows",
            peer_figure=peer,
            goal="< 300 s for 1,000,000",
            more_is_better=False,
        ),
        Line(f"{what}: of that reading and checking", told["read"], "s", more_is_better=False),
        Line("memory at most", told["peak"], "GiB", goal="< 4 GiB", more_is_better=False),
    ]
