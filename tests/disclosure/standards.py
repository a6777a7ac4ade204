"""The schemas of the standards, from the source packages of their own tools; none is kept here."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "var" / "standards"
WANTED = {
    "ocdsmerge==0.8.0": ("ocdsmerge-0.8.0", "release-schema-1__1__4.json"),
    "ocdskit==1.7.0": ("ocdskit-1.7.0", "release-package-schema.json"),
}
DRAFT = {"$schema": "http://json-schema.org/draft-04/schema#"}
TAG = "https://standard.open-contracting.org/schema/1__1__5/release-schema.json"


@cache
def _read(requirement: str) -> dict:
    """Return a schema out of a source package, which pip fetches once."""
    name, file = WANTED[requirement]
    archive = FOLDER / f"{name}.tar.gz"
    if not archive.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", ":all:", "--no-build-isolation", "--dest", str(FOLDER), requirement),
        ]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"the source package {requirement} cannot be had here")
    with tarfile.open(archive) as packed:
        found = packed.extractfile(f"{name}/tests/fixtures/{file}")
        assert found is not None
        return json.load(found)


def ocds_standard() -> bytes:
    """Return what libcoveocds asks for: a ZIP of the standard.

    The release schema is 1.1.4's, whose fields 1.1.5 left as they were; the package's is 1.1.5's.
    """
    files = {
        "release-schema.json": _read("ocdsmerge==0.8.0") | {"id": TAG},
        "release-package-schema.json": _read("ocdskit==1.7.0"),
        "versioned-release-validation-schema.json": DRAFT,
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("standard/", "")
        for name, body in files.items():
            packed.writestr(f"standard/schema/{name}", json.dumps(body))
        packed.writestr("standard/schema/codelists/currency.csv", "Code,Title\nKZT,Tenge\n")
    return held.getvalue()
