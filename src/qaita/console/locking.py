"""`./qaita lock`: resolves requirements*.in anew; the locks hold hashes and no address."""

import subprocess
import tempfile
from pathlib import Path

from qaita.console.ground import ensure_python
from qaita.console.place import place_of
from qaita.console.steps import Progress

COMPILE = "pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header"
FLAGS = [*COMPILE.split(), "--no-annotate", "--no-config"]


def lock_packages(arguments: list[str]) -> int:
    """Write the three Python locks and npm's; the core agrees with the tests."""
    place = place_of()
    ensure_python(place, Progress())
    environment = place.environment()

    def uv(*words: str | Path) -> None:
        command = [str(place.scripts / "uv"), *FLAGS, *map(str, words), *arguments]
        subprocess.run(command, cwd=place.root, check=True, env=environment)

    with tempfile.TemporaryDirectory() as folder:
        agreed = Path(folder) / "agreed.txt"
        uv("requirements.in", "requirements-test.in", "-o", agreed)
        both = ("requirements.in", "requirements-test.in")
        uv("--generate-hashes", *both, "-o", "requirements-test.lock")
        uv("--generate-hashes", "-c", agreed, "requirements.in", "-o", "requirements.lock")
        data = ("requirements-data.in", "-o", "requirements-data.lock")
        uv("--generate-hashes", "--no-deps", "-c", agreed, *data)
    npm = [place.node, place.npm, "install", "--package-lock-only", "--ignore-scripts"]
    flags = ["--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"]
    subprocess.run([*map(str, npm), *flags], cwd=place.root, check=True, env=environment)
    return 0
