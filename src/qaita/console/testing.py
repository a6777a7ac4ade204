"""`./qaita test`: everything that CI runs. Standard library only.

With arguments it runs pytest on them alone: `./qaita test tests/ledger -k proof`.
"""

import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from qaita.console.ground import TEST_LOCKS, ensure_python, npm_step
from qaita.console.place import ROOT, Place, place_of
from qaita.console.postgres import postgres_programs, private_postgres
from qaita.console.preparing import assets_step, forget_lost_data, messages_step, static_step
from qaita.console.standards import standards_step
from qaita.console.steps import Progress, SetupFailed, make_folder, show_program

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COUNTS = re.compile(
    r"(\d+) (passed|failed|error|errors|skipped|xfailed|xpassed|deselected|warnings?)"
)
NO_DATABASE = ("--ignore=tests/house", "--ignore=tests/console", "--ignore=tests/engine")
SLOWEST = ("--durations=10", "--durations-min=8")  # what to look at when a run takes long
IN_BROWSER = "pytest.mark.browser"  # the files that say so drive one
NO_TESTS = 5  # pytest's exit code when the marks leave nothing over


@dataclass
class Report:
    """What was run and how it ended."""

    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failed: bool = False

    def add(self, name: str, seconds: float, *, well: bool, words: str = "") -> None:
        """Note one stage."""
        self.failed = self.failed or not well
        mark = "ok    " if well else "FAILED"
        line = f"  {mark} {name:<28}{seconds:7.1f} s  {words}".rstrip()
        self.lines.append(line)
        print(line, flush=True)

    def close(self) -> int:
        """Print the summary, last of all pytest's own kind of closing line."""
        print("\nSummary")
        print("\n".join(self.lines))
        for sentence in self.left_out:
            print(f"  left out: {sentence}")
        order = ("failed", "passed", "skipped", "xfailed", "xpassed", "error")
        told = [f"{self.counts[word]} {word}" for word in order if self.counts[word]]
        seconds = time.monotonic() - self.began
        text = f" {', '.join(told) or 'no tests ran'} in {seconds:.2f}s "
        print(f"{text:=^80}", flush=True)
        return 1 if self.failed else 0


# ------------------------------------------------------------------ what the tests need


def chromium() -> str | None:
    """Return the browser to drive."""
    named = os.environ.get("QAITA_CHROMIUM")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


def have_debian_packages(progress: Progress, report: Report) -> None:
    """Install PostgreSQL and Chromium where they lack and we may; otherwise say how to."""
    lacking = []
    if postgres_programs() is None:
        lacking.append(("postgresql", "the tests on PostgreSQL"))
    if chromium() is None:
        lacking.append(("chromium", "the tests in a browser"))
    if not lacking:
        return
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    if debian and os.geteuid() == 0:
        names = [name for name, _ in lacking]
        progress.say(f"  installing {' and '.join(names)} …")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            command = ["apt-get", "-qq", *words]
            subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
        lacking = [
            (name, what)
            for name, what in lacking
            if (postgres_programs() if name == "postgresql" else chromium()) is None
        ]
    for name, what in lacking:
        report.left_out.append(f"{what}: there is no {name} (as root: apt-get install {name})")


@contextmanager
def engine_compiling(place: Place) -> Iterator[None]:
    """Compile the engine's loops beside what is prepared and checked, or two workers would."""
    process = subprocess.Popen(
        [str(place.python), "-m", "qaita.console.demonstration.compiling"],
        env=place.environment(),
        cwd=place.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def prepare(place: Place, progress: Progress) -> None:
    """Have browser files, words, and the schemas of the standards."""
    forget_lost_data(place)
    for step in (npm_step, assets_step, static_step, messages_step, standards_step):
        step(place).run(progress)


# ------------------------------------------------------------------ the stages


def checks(place: Place) -> list[tuple[str, list[str]]]:
    """Return the checks that are not tests."""
    python = [str(place.python), "-m"]
    texts = ["src", "tests", "bench", "qaita"]
    return [
        ("ruff check", [*python, "ruff", "check", "--no-cache", *texts]),
        ("ruff format", [*python, "ruff", "format", "--check", "--no-cache", *texts]),
        ("import order", [str(place.scripts / "lint-imports"), "--no-cache"]),
        ("migrations", place.console("makemigrations", "--check", "--dry-run")),
        ("words", place.console("messages")),
        ("types", [*python, "mypy", "--cache-dir", str(place.data / "mypy")]),
    ]


def run_check(place: Place, command: Sequence[str]) -> tuple[bool, float, str]:
    """Run one check; return how it went and what it said."""
    began = time.monotonic()
    done = subprocess.run(
        list(command),
        env=place.environment(DATABASE_URL=""),
        cwd=place.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode == 0, time.monotonic() - began, done.stdout


def run_checks(place: Place, report: Report) -> None:
    """Run all checks, two at a time."""
    todo = checks(place)
    with ThreadPoolExecutor(max_workers=2) as two:
        running = [two.submit(run_check, place, command) for _, command in todo]
        for (name, _), future in zip(todo, running, strict=True):
            well, seconds, said = future.result()
            report.add(name, seconds, well=well)
            if not well:
                print(said, flush=True)


def run_pytest(
    place: Place, report: Report, name: str, words: Sequence[str], **environment: str
) -> None:
    """Run pytest, showing what it says, and count how it ended."""
    began = time.monotonic()
    command = [str(place.python), "-m", "pytest", "-q", *SLOWEST, *words]
    running = subprocess.Popen(
        command,
        env=place.environment(**environment),
        cwd=place.root,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    last = ""
    for line in running.stdout or ():
        print(line, end="", flush=True)
        last = line if COUNTS.search(line) else last
    code = running.wait()
    for number, word in COUNTS.findall(last):
        report.counts[word.removesuffix("s") if word.startswith("error") else word] += int(number)
    seconds = time.monotonic() - began
    report.add(name, seconds, well=code in {0, NO_TESTS}, words=last.strip().strip("= "))


def stages(place: Place) -> list[tuple[str, list[str], str]]:
    """Return pytest's runs: name, arguments, and what they need."""
    both = ["-n", "2", "--no-loadscope-reorder"]  # tests/workers.py shares them out
    seen = [path for path in place.root.glob("tests/*/test_*.py") if IN_BROWSER in path.read_text()]
    return [
        ("tests, SQLite", [*both, "-m", "not browser"], ""),
        ("tests, browser", [*both, "-m", "browser", *sorted(map(str, seen))], "browser"),
        ("tests, PostgreSQL", [*both, "-m", "not browser", *NO_DATABASE], "postgres"),
    ]


def run_stages(place: Place, report: Report) -> None:
    """Run pytest's runs; those whose server or browser lacks are left out."""
    browser = {"QAITA_CHROMIUM": chromium() or ""}
    with ExitStack() as open_things:
        address = ""
        if postgres_programs() is not None:
            address = open_things.enter_context(private_postgres())
        run = open_things.enter_context(TemporaryDirectory(prefix="qaita-run-"))
        shared = {"QAITA_TEST_RUN": run}  # what is made once for all of them lies there
        elsewhere = {"QAITA_TEST_PG": "1", "DATABASE_URL": address}
        for name, words, need in stages(place):
            if need == "postgres" and not address:
                continue
            if need == "browser" and not browser["QAITA_CHROMIUM"]:
                continue
            environment = elsewhere if need == "postgres" else {"DATABASE_URL": ""}
            run_pytest(place, report, name, words, **environment, **browser, **shared)


def main(arguments: list[str]) -> int:
    """Run what CI runs, or pytest on what is asked for."""
    if {"-h", "--help"}.intersection(arguments):
        print(__doc__)
        return 0
    place, progress, report = place_of(str(ROOT / "var" / "test")), Progress(), Report()
    make_folder(place.data)
    if not arguments:
        have_debian_packages(progress, report)
    ensure_python(place, progress, TEST_LOCKS)
    if arguments:
        prepare(place, progress)
        command = [str(place.python), "-m", "pytest", *arguments]
        environment = place.environment(QAITA_CHROMIUM=chromium() or "")
        return 1 if show_program(command, environment, place.root) else 0
    try:
        with engine_compiling(place):
            prepare(place, progress)
            run_checks(place, report)
            run_stages(place, report)
    except SetupFailed as error:
        report.add("set-up", 0.0, well=False, words=str(error))
    return report.close()
