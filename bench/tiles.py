"""Vector tiles of a generated country: squares from columns, sections from the database; CPU time.

The peer is mapbox-vector-tile, which encodes the same sections of the same tiles.
QAITA_BENCH_SECTIONS says how many: 1700000 is the size of the goal, 200000 the usual one.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from qaita.console.benching import Line
from qaita.console.place import ROOT

SECTIONS = int(os.environ.get("QAITA_BENCH_SECTIONS", "200000"))
# runs in a process of its own, on a database of its own
CHILD = r"""
import gzip, json, sys, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
import mapbox_vector_tile, numpy as np
from datetime import date
from django.db import transaction
from qaita.accounts.models import Organisation
from qaita.engine.tiles.keys import home_range, positions
from qaita.engine.tiles.squares import square_tile
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.networks.geometry import pack, tile_keys
from qaita.networks.models import Network, Node, Section, UtilityService
from qaita.networks.queries.tiles import LINE_COLUMNS, columns_of, lines_from_rows, points_in
from qaita.networks.queries.tiles import public_rows
from qaita.networks.storing import insert_rows
from qaita.territory.models import Region
from django.db.models import Q
from qaita.engine.tiles.keys import covering_range, degrees
from qaita.networks.geometry import unpack

count, rng = int(sys.argv[1]), np.random.default_rng(7)
names = {"name_kk": "Demo", "name_ru": "Demo", "name_en": "Demo"}
region = Region.objects.create(kato="55", iso="KZ-55", **names)
owner = Organisation.objects.create(bin="000000000000", kind="utility", region=region, **names)
utility = UtilityService.objects.create(organisation=owner, service="water", region=region)
network = Network.objects.create(utility_service=utility, region=region, **names)
node = Node.objects.create(network=network, lon_deg=0, lat_deg=0)
# towns of streets: twenty of them, the biggest with a tenth of all sections
share = np.r_[np.linspace(2.0, 0.4, 20)]
town = rng.choice(20, count, p=share / share.sum())
centre = np.stack([rng.uniform(50, 84, 20), rng.uniform(42, 54, 20)], 1)
side = np.maximum(np.sqrt(np.bincount(town, minlength=20) / 2).astype(int), 1)
place = rng.integers(0, side[town][:, None], (count, 2))
step = np.array([0.00115, 0.00072])
start = centre[town] + place * step
along = np.where(rng.random(count)[:, None] < 0.5, [[1.0, 0.0]], [[0.0, 1.0]]) * step
bend = start + along / 2 + rng.normal(0, 2e-5, (count, 2))
lines = np.stack([start, bend, start + along], 1)
home, covering = tile_keys(lines.reshape(-1, 2), np.arange(0, 3 * count + 1, 3))
wear = rng.random(count).round(3)
columns = ("code network service region_kato from_node to_node name geometry length_m material"
           " diameter_mm laid_precision laid_imputed material_imputed pipe_count condition"
           " past_norm_on state born_of morton_key home_key raw").split()
with transaction.atomic():
    insert_rows(Section, columns, (
        (f"SC-{i:010d}", network.pk, "water", "55", node.pk, node.pk, "", pack(lines[i].tolist()),
         90.0, "pe", 150.0, "year", False, False, 1, float(wear[i]), date(2020, 1, 1),
         "in_service", "", covering[i], home[i], "")
        for i in range(count)))

def tiles(z, many):
    picked = rng.integers(0, count, many * 3)
    x, y = positions(lines[picked, 0, 0], lines[picked, 0, 1])
    found = sorted(set(zip((x >> (32 - z)).tolist(), (y >> (32 - z)).tolist())))
    rng.shuffle(found)
    return [(z, *one) for one in found[:many]]

def timed(work, asked):
    took = []
    for tile in asked:
        began = time.process_time()
        made = work(*tile)
        took.append((time.process_time() - began) * 1e3)
    return took

def peer(z, x, y):
    low, high, above = covering_range(z, x, y)
    where = Q(service="water", morton_key__range=(low, high))
    where |= Q(service="water", morton_key__in=above)
    rows = public_rows(list(Section.objects.filter(where).order_by().values_list(*LINE_COLUMNS)))
    west, north = degrees(x << (32 - z), y << (32 - z))
    features = []
    for row in rows:
        lon, lat = unpack(row[1]).T
        px, py = positions(lon, lat)
        unit = 1 << (32 - z - 12)
        points = [((int(a) - (x << (32 - z))) // unit, (int(b) - (y << (32 - z))) // unit)
                  for a, b in zip(px, py)]
        text = "LINESTRING (" + ", ".join(f"{a} {b}" for a, b in points) + ")"
        features.append({"geometry": text, "properties": {
            "class": 1, "wear": round(row[2] * 100), "state": 0, "code": row[0]}})
    raw = mapbox_vector_tile.encode([{"name": "sections", "features": features}],
                                    default_options={"y_coord_down": True})
    return gzip.compress(raw, 5)

at = now()
held = columns_of("water", at=at).points
squares = lambda z, x, y: square_tile(z, x, y, points_in(held, z, x, y))
rows = lambda z, x, y: lines_from_rows("water", z, x, y)
squares(*tiles(9, 1)[0]); rows(*tiles(13, 1)[0])  # compiled before the clock
near = [tile for z in (7, 8, 9, 10, 11, 12) for tile in tiles(z, 40)]
streets = tiles(13, 150) + tiles(14, 150)
from_columns, from_rows = timed(squares, near), timed(rows, streets)
some = [streets[i] for i in rng.permutation(len(streets))[:40]]
both = (timed(rows, some), timed(peer, some))
sizes = [len(rows(*tile).gz) for tile in tiles(13, 150)]
p95 = lambda values: float(np.percentile(values, 95))
print(json.dumps({"columns": p95(from_columns), "rows": p95(from_rows), "ours": sum(both[0]),
                  "peer": sum(both[1]), "size": max(sizes) / 1000}))
"""


def measure() -> list[Line]:
    """Return the 95th percentiles, the largest tile, and the time beside the peer's."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "QAITA_DATA_DIR": folder,
            "PYTHONPATH": str(Path(ROOT) / "src"),
            "DJANGO_SETTINGS_MODULE": "qaita.config.settings",
        }
        command = [sys.executable, "-c", CHILD, str(SECTIONS)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    told = json.loads(done.stdout.splitlines()[-1])
    size = f"{SECTIONS:,} sections"
    return [
        Line(f"squares, z7–12, from columns, p95 of CPU, {size}", told["columns"], "ms",
             goal="≤ 2 ms", more_is_better=False),
        Line(f"sections, z13–14, from the database, p95 of CPU, {size}", told["rows"], "ms",
             goal="≤ 20 ms", more_is_better=False),
        Line("40 tiles of sections", told["ours"], "ms", "mapbox-vector-tile", told["peer"],
             "≥ 5×", more_is_better=False),
        Line("largest z13 tile, gzip", told["size"], "kB", goal="≤ 150 kB", more_is_better=False),
    ]  # fmt: skip
