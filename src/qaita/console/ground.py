"""The ground everything stands on: Python packages, browser packages. Standard library only.

The folder of packages is marked as begun before anything is put into it and stamped when all
is there, so that a half-made one is made anew and never used.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from qaita.console.place import Place
from qaita.console.steps import (
    Failed,
    Progress,
    SetupFailed,
    Step,
    alone,
    digest,
    run_program,
)

CORE_LOCKS = ("requirements.lock", "requirements-data.lock")
TEST_LOCKS = ("requirements-test.lock", "requirements-data.lock")
SPACE_NEEDED_BYTES = 3 * 1024**3
UV = re.compile(r"^uv==.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
BROKEN = re.compile(
    r"connect|timed? ?out|dns|resolve|network|tunnel|proxy|reset|refused|unreachable|ssl|tls|"
    r"certificate|incomplete|truncated|hash|integrity|EOF|fetch|ENOTFOUND|ECONN|download|http",
    re.IGNORECASE,
)


def install_environment(place: Place) -> dict[str, str]:
    """Return the variables installers run with; what is set for pip holds for uv too."""
    environment = place.environment(PIP_RETRIES="2", UV_HTTP_RETRIES="2", UV_NO_PROGRESS="1")
    for ours, theirs in (
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_CERT", "SSL_CERT_FILE"),
        ("PIP_CERT", "NODE_EXTRA_CA_CERTS"),
    ):
        if os.environ.get(ours):
            environment.setdefault(theirs, os.environ[ours])
    environment.pop("PYTHONPATH", None)
    if not _can_keep(Path("~/.cache").expanduser()):  # a service's user has no home
        environment |= {"UV_NO_CACHE": "1", "npm_config_cache": str(place.venv / ".npm")}
    return environment


def _can_keep(folder: Path) -> bool:
    """Tell whether a folder can be written to, or made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def explain(what: str, output: str, log: Path) -> SetupFailed:
    """Turn an installer's complaint into one sentence."""
    lowered = output.lower()
    if "no space left" in lowered or "enospc" in lowered or "disk quota" in lowered:
        return SetupFailed("The disk is full: free about 3 GB, then run the same command again.")
    if "permission denied" in lowered or "eacces" in lowered or "read-only file" in lowered:
        return SetupFailed(f"Qaita may not write {what}: run it as the owner of its folder.")
    if BROKEN.search(output):
        return SetupFailed(
            f"The download of {what} broke off twice: check the connection (or HTTPS_PROXY) and"
            f" run the same command again, it goes on where it stopped; details are in {log}."
        )
    return SetupFailed(f"The set-up of {what} failed; details are in {log}.")


def install(
    what: str,
    command: Sequence[str | Path],
    place: Place,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> None:
    """Run an installer; try a second time when it fails, then say what to do."""
    for attempt in (1, 2):
        try:
            run_program(command, environment, folder or place.root)
        except Failed as error:
            if attempt == 2 or "no space left" in error.output.lower():
                log = place.data / "logs" / "setup.log"
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text(error.output)
                raise explain(what, error.output, log) from None
        else:
            return


# ------------------------------------------------------------------ Python


def _begin(place: Place) -> Path:
    """Have a folder to install into; return the mark to write when all is in it.

    While the mark is missing the folder is taken for a half-made one and made anew. A folder
    that somebody else made and named in QAITA_VENV is installed into and never removed.
    """
    ours, whole = place.venv / ".qaita-begun", place.venv / ".qaita-whole"
    if whole.exists() and whole.read_text() == sys.version and place.python.exists():
        whole.unlink()
        return whole
    if ours.exists():
        # away in one step first: what is left of a removal broken off must not look whole
        shutil.rmtree(place.venv.rename(place.venv.with_name(f"{place.venv.name}.{os.getpid()}")))
    elif place.python.exists():
        return whole
    place.venv.mkdir(parents=True, exist_ok=True)
    ours.touch()
    venv.create(place.venv, with_pip=False, symlinks=os.name != "nt")
    return whole


def _pip_wheels() -> list[Path]:
    """Return the pip that comes with Python, as a wheel that runs without being installed."""
    spec = find_spec("ensurepip")
    bundled = [Path(spec.origin).parent / "_bundled"] if spec and spec.origin else []
    folders = [*bundled, Path("/usr/share/python-wheels")]
    return [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]


def pip_command(place: Place) -> list[str]:
    """Return a pip that installs into our folder; on Debian, as root, fetch it when it lacks."""
    if not _pip_wheels() and find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(place.python)]
    if not _pip_wheels() and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", "python3-venv"]):
            subprocess.run(["apt-get", "-qq", *words], env=quiet, check=False, capture_output=True)
    if wheels := _pip_wheels():
        return [str(place.python), str(wheels[0] / "pip")]
    raise SetupFailed(
        "This Python comes without pip: install it (on Debian and Ubuntu:"
        " apt-get install python3-venv) and run the same command again."
    )


def _ensure_uv(place: Place, lock: Path, environment: Mapping[str, str]) -> Path:
    """Install the installer itself, checked against its hash in the lock."""
    uv = place.scripts / ("uv.exe" if os.name == "nt" else "uv")
    pinned = UV.search(lock.read_text())
    if pinned is None:
        raise SetupFailed(f"{lock.name} does not pin uv: the checkout is damaged, clone it again.")
    own_lock = place.venv / "uv.lock"
    own_lock.write_text(pinned[0])
    if not uv.exists():
        words = ["install", "-q", "--no-deps", "--require-hashes", "--no-cache-dir"]
        install(
            "the installer",
            [*pip_command(place), *words, "--disable-pip-version-check", "-r", str(own_lock)],
            place,
            environment,
        )
    return uv


def python_step(place: Place, locks: Sequence[str] = CORE_LOCKS) -> Step:
    """Return the step that installs the Python packages the locks name, by their hashes."""
    paths = [place.root / lock for lock in locks]

    def action() -> None:
        check_room(place)
        environment = install_environment(place)
        whole = _begin(place)
        uv = _ensure_uv(place, paths[0], environment)
        words = ["pip", "install", "-q", "--no-deps", "--require-hashes", "--no-config"]
        named = [word for path in paths for word in ("-r", str(path))]
        install(
            "the Python packages",
            [uv, *words, "--python", place.python, *named],
            place,
            environment,
        )
        whole.write_text(sys.version)

    key = digest(platform.python_version(), str(place.venv), files=paths, base=place.root)
    name = "python" if tuple(locks) == CORE_LOCKS else "python-test"
    return Step(name, key, place.venv / ".steps", action)


def check_room(place: Place) -> None:
    """Refuse early when the disk cannot hold the packages."""
    folder = place.venv
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED_BYTES:
        raise SetupFailed(
            f"The disk of {folder} is nearly full ({free // 1024**2} MB free, 3072 MB needed):"
            " free some space, then run the same command again."
        )


# ------------------------------------------------------------------ browser packages


def npm_step(place: Place) -> Step:
    """Return the step that installs the browser packages, by their hashes, running nothing."""
    sources = [place.root / name for name in ("package.json", "package-lock.json")]

    def action() -> None:
        place.front.mkdir(parents=True, exist_ok=True)
        for source in sources:
            shutil.copy(source, place.front)
        flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        install(
            "the browser packages",
            [place.node, place.npm, "ci", *flags],
            place,
            install_environment(place),
            place.front,
        )
        fonts = [str(place.python), "-m", "qaita.console.fonts", "node_modules", "fonts"]
        run_program(fonts, place.environment(), place.front)

    cutter = place.root / "src/qaita/console/fonts.py"
    key = digest(str(place.venv), files=[*sources, cutter], base=place.root)
    return Step("npm", key, place.venv / ".steps", action)


def ensure_python(place: Place, progress: Progress, locks: Sequence[str] = CORE_LOCKS) -> None:
    """Have the Python packages, whatever happened before."""
    step = python_step(place, locks)
    if not step.is_done():
        with alone(place.venv.with_name(f"{place.venv.name}.lock"), progress):
            step.run(progress)
    if subprocess.run([place.python, "-c", "import django"], check=False).returncode:
        shutil.rmtree(place.venv / ".steps", ignore_errors=True)
        raise SetupFailed("The Python packages are damaged: run the same command again.")
