"""Publishing the tiny demonstration, and serving a published page; CPU time.

The peer of publishing is compressing alone (gzip and brotli of the same pages); the peer of serving
is whitenoise, which answers the same bytes from its own list of files.
"""

import json
import os
import subprocess
import sys
import tempfile

from qaita.console.benching import Line
from qaita.console.place import ROOT

CHILD = r"""
import gzip, json, sys, time
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("demo", size="tiny")
import brotli
from django.test import RequestFactory
from whitenoise import WhiteNoise
from qaita.console.publishing import bring_up, republish
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.services import record
from qaita.programme.models import Project
from qaita.web.published import published_answer

def cpu(action, times=1):
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) / times

at = now()
first = cpu(lambda: bring_up(at))
pages = [p.read_bytes() for p in settings.SITE_DIR.joinpath("current").rglob("index.html")]
whole = cpu(lambda: bring_up(at, full=True))
alone = cpu(lambda: [(gzip.compress(p, 6), brotli.compress(p, quality=5)) for p in pages])
code = Project.objects.exclude(state="draft").first().code
record("project.extend", code, by=SYSTEM, at=at, facts={"days": 1})
began = time.perf_counter()
republish(at)
event = time.perf_counter() - began
ask = RequestFactory().get("/kk/", headers={"accept-encoding": "br"})
ours = cpu(lambda: published_answer(ask), 5000)
folder = settings.SITE_DIR.joinpath("current").resolve()
noise = WhiteNoise(lambda e, s: [b""], root=str(folder / "kk"), index_file=True)
environ = RequestFactory().get("/", headers={"accept-encoding": "br"}).environ

def theirs():
    for _part in noise(environ, lambda *a, **k: None):
        pass

peer = cpu(theirs, 5000)
print(json.dumps([len(pages), first, whole, alone, event, ours, peer]))
"""


def measure() -> list[Line]:
    """Return CPU per page, seconds from an event to its pages, and CPU per served page."""
    with tempfile.TemporaryDirectory() as folder:
        more = {"QAITA_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "qaita.config.settings"}
        environment = {**os.environ, **more}
        environment["PYTHONPATH"] = str(ROOT / "src")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CHILD],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    pages, first, whole, alone, event, ours, theirs = json.loads(done.stdout.splitlines()[-1])
    peer = "gzip and brotli alone"
    least = {"more_is_better": False}
    compressing, noise = alone / pages * 1000, theirs * 1e6
    return [
        Line(
            "publish a page", whole / pages * 1000, "CPU ms", peer, compressing, "≤ 20 ms", **least
        ),
        Line(f"publish {pages} pages the first time", first, "CPU s", goal="≤ 10 s", **least),
        Line("from an event to its pages", event, "s", goal="≤ 5 s", **least),
        Line("serve a page", ours * 1e6, "CPU µs", "whitenoise", noise, "cheap", **least),
    ]
