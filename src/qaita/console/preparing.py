"""The steps between installed packages and a site that can be served. Standard library only."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from qaita.console.ground import npm_step
from qaita.console.place import Place
from qaita.console.steps import (
    Failed,
    Progress,
    SetupFailed,
    Step,
    alone,
    digest,
    files_under,
    run_program,
)

SIZES = ("small", "city", "country")
BEGUN = "demonstration.begun"
SQLITE_PARTS = ("qaita.sqlite3", "qaita.sqlite3-wal", "qaita.sqlite3-shm")


def run_console(place: Place, *words: str) -> None:
    """Run one of our commands to its end, or say which one failed and why."""
    try:
        run_program(place.console(*words), place.environment(), place.root)
    except Failed as error:
        log = place.data / "logs" / f"{words[0]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(error.output)
        lines = error.output.strip().splitlines()
        raise SetupFailed(
            f"“{' '.join(words)}” failed: {lines[-1] if lines else 'no words'} ({log})"
        ) from None


def run_loud(place: Place, *words: str) -> None:
    """Run one of our long commands; it shows its own progress on the error stream."""
    done = subprocess.run(
        place.console(*words),
        env=place.environment(),
        cwd=place.root,
        stdout=sys.stderr,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SetupFailed(f"“{' '.join(words)}” failed; what it said is above.")


# ------------------------------------------------------------------ the steps


def _sources(place: Place, *endings: str) -> list[Path]:
    return list(files_under(place.root / "src" / "qaita", endings=endings))


def assets_step(place: Place) -> Step:
    """Return the step that bundles the browser files."""
    out = place.data / "static-src"
    files = [*files_under(place.root / "frontend"), *_sources(place, ".html", ".py", ".js")]
    key = digest(npm_step(place).key, files=files, base=place.root)

    def action() -> None:
        place.data.mkdir(parents=True, exist_ok=True)
        script = place.root / "frontend" / "build.mjs"
        modules, fonts = place.front / "node_modules", place.front / "fonts"
        command = [place.node, script, out, modules, fonts, place.site_packages]
        try:
            run_program(command, place.environment(), place.root)
        except Failed as error:
            raise SetupFailed(f"The browser files cannot be built: {error.output[-600:]}") from None

    return Step("assets", key, place.stamps, action)


def static_step(place: Place) -> Step:
    """Return the step that gathers the files for browsers under names that never change."""
    own = list(files_under(place.root / "src/qaita/web/static"))
    built = list(files_under(place.data / "static-src"))
    key = digest(str(place.venv), files=[*own, *built], base=place.root)

    def action() -> None:
        run_console(place, "collectstatic", "--noinput", "--clear", "-v0")

    return Step("static", key, place.stamps, action)


def messages_step(place: Place) -> Step:
    """Return the step that compiles the words of the three languages."""
    compiler = place.root / "src/qaita/console/messages.py"
    files = [*files_under(place.root / "src/qaita/locale", endings=(".po",)), compiler]
    key = digest(files=files, base=place.root)

    def action() -> None:
        run_console(place, "messages", "--quiet", "--out", str(place.data / "locale"))

    return Step("messages", key, place.stamps, action)


def database_step(place: Place) -> Step:
    """Return the step that brings the tables up to date."""
    migrations = [path for path in _sources(place, ".py") if path.parent.name == "migrations"]
    address = os.environ.get("DATABASE_URL", "")
    key = digest(address, str(place.venv), files=migrations, base=place.root)
    return Step("database", key, place.stamps, lambda: run_console(place, "tables"))


def demonstration_step(place: Place, *, size: str, empty: bool) -> Step:
    """Return the step that loads the demonstration country, or only targets and territory."""
    words = ["--empty"] if empty else ["--size", size]
    command = ["demo", "--if-none", *words]
    return Step("demonstration", digest(*words), place.stamps, lambda: run_loud(place, *command))


def publish_step(place: Place) -> Step:
    """Return the step that writes the public pages as files.

    Its inputs are the program and its browser files. What happens in the ledger is no input: the
    worker of a running site brings such pages up within seconds, nobody has to wait for it here.
    """
    pages = _sources(place, ".html", ".py", ".po", ".yaml")
    built = files_under(place.data / "static-src")
    key = digest(files=[*pages, *built], base=place.root)
    return Step("publish", key, place.stamps, lambda: run_loud(place, "publish"))


# ------------------------------------------------------------------ all of it


def forget_lost_data(place: Place) -> None:
    """Forget the steps on data that is no longer there (somebody removed the database)."""
    if not os.environ.get("DATABASE_URL") and not (place.data / SQLITE_PARTS[0]).exists():
        for name in ("database", "demonstration", "publish", "loaded.json"):
            (place.stamps / name).unlink(missing_ok=True)
    if not (place.data / "static-src").exists():
        (place.stamps / "assets").unlink(missing_ok=True)
    if not (place.data / "static").exists():
        (place.stamps / "static").unlink(missing_ok=True)
    if not (place.data / "site" / "current").exists():
        (place.stamps / "publish").unlink(missing_ok=True)
    if not (place.data / "locale").exists():
        (place.stamps / "messages").unlink(missing_ok=True)


def loaded(place: Place) -> str | None:
    """Return what this data folder was filled with, if it was."""
    note = place.stamps / "loaded.json"
    return str(json.loads(note.read_text())["with"]) if note.exists() else None


def filling(*, size: str, empty: bool) -> str:
    """Return in words what a data folder is filled with."""
    return "targets and territory only" if empty else f"demonstration country, {size}"


def note_begun(place: Place) -> None:
    """Remember that an empty data folder is being filled; nothing else is in it until then."""
    place.stamps.mkdir(parents=True, exist_ok=True)
    (place.stamps / BEGUN).touch()


def note_loaded(place: Place, what: str) -> None:
    """Remember what the data folder was filled with."""
    place.stamps.mkdir(parents=True, exist_ok=True)
    (place.stamps / "loaded.json").write_text(json.dumps({"with": what}))
    (place.stamps / BEGUN).unlink(missing_ok=True)


def _drop_half_loaded(place: Place) -> None:
    """Start again after a demonstration that was broken off: nothing else is in there yet.

    The mark is set by `demo` alone, and only where there was no data.
    """
    begun = place.stamps / BEGUN
    if begun.exists() and loaded(place) is None:
        if os.environ.get("DATABASE_URL"):
            raise SetupFailed(
                "Loading the demonstration was broken off: empty the database that DATABASE_URL"
                " names, remove the data folder's .steps, and run the same command again."
            )
        for name in SQLITE_PARTS:
            (place.data / name).unlink(missing_ok=True)
        for name in ("ledger", "lake", "plans", "site", "files", "search", "demo"):
            shutil.rmtree(place.data / name, ignore_errors=True)
        forget_lost_data(place)
        begun.unlink()


def _load(place: Place, progress: Progress, *, size: str, empty: bool) -> None:
    wanted, held = filling(size=size, empty=empty), loaded(place)
    if held is not None and held != wanted:
        progress.say(f"  {place.data} holds: {held}; left as it is (another: --data-dir)")
    if held is not None:
        return
    demonstration_step(place, size=size, empty=empty).run(progress)


def prepare_rooms(place: Place, progress: Progress) -> None:
    """Have words and tables: enough for every command that works on data."""
    forget_lost_data(place)
    run_all([messages_step(place), database_step(place)], progress)


def run_all(steps: Iterable[Step], progress: Progress) -> None:
    """Run steps one after the other."""
    for step in steps:
        step.run(progress)


def prepare_site(place: Place, progress: Progress, *, size: str, empty: bool) -> None:
    """Do everything up to a site that can be served, on both cores."""
    place.data.mkdir(parents=True, exist_ok=True)
    forget_lost_data(place)

    def browser_side() -> None:
        npm_step(place).run(progress)
        assets_step(place).run(progress)
        static_step(place).run(progress)

    def data_side() -> None:
        if loaded(place) is None:
            _drop_half_loaded(place)
        prepare_rooms(place, progress)
        _load(place, progress, size=size, empty=empty)

    with alone(place.data / ".lock", progress):
        with ThreadPoolExecutor(max_workers=2) as both:
            for side in [both.submit(browser_side), both.submit(data_side)]:
                side.result()
        publish_step(place).run(progress)


def sign_ins(place: Place) -> list[dict[str, str]]:
    """Return the demonstration's sign-ins, one per role."""
    path = place.data / "demo" / "signins.json"
    return list(json.loads(path.read_text())) if path.exists() else []
