"""GDAL, which most map programs read with, takes our features as its own."""

import json
import os
import subprocess
import sys

import pytest

from qaita.networks.models import Section
from tests.turmys.make import make_fed_network

READ = """
import json, sys, pyogrio
address = f"OAPIF:{sys.argv[1]}/ogc/"
found = {}
for layer in ("sections", "outages"):
    meta, _, shapes, columns = pyogrio.raw.read(address, layer=layer)
    codes = columns[list(meta["fields"]).index("id")].tolist() if len(shapes) else []
    found[layer] = {"crs": meta["crs"], "codes": codes}
print(json.dumps(found))
"""


@pytest.mark.conformance
@pytest.mark.django_db(transaction=True)
def test_gdal_reads_every_section(live_server, settings):
    settings.PUBLIC_ADDRESS = live_server.url
    make_fed_network()
    # a process of its own: GDAL holds the interpreter while it waits for us
    told = subprocess.run(
        [sys.executable, "-c", READ, live_server.url],
        env={**os.environ, "NO_PROXY": "localhost,127.0.0.1", "no_proxy": "localhost,127.0.0.1"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    found = json.loads(told.stdout)
    assert set(found["sections"]["codes"]) == set(Section.objects.values_list("code", flat=True))
    assert found["sections"]["crs"] == "EPSG:4326"
    assert found["outages"]["codes"] == []
