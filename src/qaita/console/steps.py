"""Steps of setting up: each is keyed by the hash of its inputs and skipped while that holds.

Standard library only: it runs before anything is installed.
"""

import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]  # then nothing is locked

NOT_SOURCES = {"__pycache__", "node_modules"}


class SetupFailed(Exception):
    """Setting up cannot go on; the text is one sentence for the person at the keyboard."""


def disk_sentence(error: OSError) -> str | None:
    """Return what to tell about a full or closed disk, or nothing when it is another error."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "The disk is full: free about 3 GB, then run the same command again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"Qaita may not write to {error.filename or 'its folder'}: run it as the owner of that"
            " folder, or name another one with --data-dir (data) and QAITA_VENV (programs)."
        )
    return None


def make_folder(folder: Path) -> Path:
    """Have a folder that can be written to, or say that it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial-{os.getpid()}"
        trial.touch()
        trial.unlink()
    except OSError as error:
        about = OSError(error.errno, error.strerror, str(folder))
        why = disk_sentence(about) or f"The folder {folder} cannot be used: {error.strerror}."
        raise SetupFailed(why) from None
    return folder


def files_under(*places: Path, endings: Sequence[str] = ()) -> Iterator[Path]:
    """Return the files of folders (and the files named themselves), in a lasting order."""
    for place in places:
        if place.is_file():
            yield place
            continue
        for path in sorted(place.rglob("*")):
            wanted = not endings or path.suffix in endings
            if wanted and path.is_file() and not NOT_SOURCES.intersection(path.parts):
                yield path


def digest(*words: str, files: Iterable[Path] = (), base: Path | None = None) -> str:
    """Return the SHA-256 of words and files (their names and contents)."""
    total = hashlib.sha256()
    for word in words:
        total.update(b"w" + word.encode() + b"\0")
    for path in files:
        name = path.relative_to(base) if base and path.is_relative_to(base) else path
        total.update(b"f" + str(name).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def alone(lock: Path, progress: "Progress") -> Iterator[None]:
    """Let one set-up at a time work on a folder; a second one waits for it."""
    make_folder(lock.parent)
    with lock.open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress.say("  waiting for another set-up of the same folder …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass
class Progress:
    """Says on the error stream what is being done and how long it took."""

    quiet: bool = False
    began: float = field(default_factory=time.monotonic)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str) -> None:
        """Print one line."""
        if not self.quiet:
            with self._turn:
                print(text, file=sys.stderr, flush=True)

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.began


@dataclass(frozen=True)
class Step:
    """One step: its name, the hash of its inputs, where its stamp lies, what to do."""

    name: str
    key: str
    stamps: Path
    action: Callable[[], None]

    @property
    def stamp(self) -> Path:
        """The file that says the step is done."""
        return self.stamps / self.name

    def is_done(self) -> bool:
        """Tell whether the step was finished with the same inputs."""
        return self.stamp.is_file() and self.stamp.read_text() == self.key

    def run(self, progress: Progress) -> bool:
        """Do the step unless it is done; the stamp is written last. Return whether it ran."""
        if self.is_done():
            return False
        progress.say(f"  {self.name} …")
        began = time.monotonic()
        self.stamp.unlink(missing_ok=True)
        self.action()
        self.stamps.mkdir(parents=True, exist_ok=True)
        fresh = self.stamp.with_suffix(".new")
        fresh.write_text(self.key)
        fresh.replace(self.stamp)
        progress.say(f"  {self.name:<16}{time.monotonic() - began:7.1f} s")
        return True


@dataclass(frozen=True)
class Failed(Exception):
    """A program ended badly."""

    code: int
    output: str


def run_program(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> str:
    """Run a program to its end; return what it said, or raise Failed with it."""
    done = subprocess.run(
        [str(word) for word in command],
        env=dict(environment),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Failed(done.returncode, done.stdout)
    return done.stdout


def show_program(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
) -> int:
    """Run a program that speaks to the person itself; return its exit code."""
    return subprocess.run(
        [str(word) for word in command], env=dict(environment), cwd=folder, check=False
    ).returncode
