"""A PostgreSQL of our own for one run of the tests. Standard library only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from qaita.console.steps import SetupFailed

# a power cut during the tests costs nothing: durability is tested by killing processes
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=128MB")
DURABLE = ("max_connections=200", "shared_buffers=128MB")  # as it comes: every commit is on disk


def postgres_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest there is."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
    )
    if found := shutil.which("pg_ctl"):
        folders.append(Path(found).resolve().parent)
    whole = [f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()]
    return whole[-1] if whole else None


def free_port() -> int:
    """Return a port nobody listens on."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _control(command: list[str], *, seconds: int) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs: not as root, which it refuses, but as its own user."""
    user = _server_user() if os.geteuid() == 0 else None
    group = pwd.getpwnam(user).pw_gid if user else None
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=seconds,
        user=user,
        group=group,
        extra_groups=[] if user else None,
    )


def _server_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise SetupFailed("PostgreSQL does not run as root and there is no user to run it as.")


def _run(command: list[str], log: Path) -> None:
    done = _control(command, seconds=120)
    if done.returncode:
        said = log.read_text()[-500:] if log.exists() else ""
        raise SetupFailed(f"PostgreSQL did not start: {done.stderr.strip()[-500:]} {said}")


@contextmanager
def private_postgres(settings: Sequence[str] = QUICK) -> Iterator[str]:
    """Run a PostgreSQL on a free loopback port; yield its DATABASE_URL; stop and remove it."""
    programs = postgres_programs()
    if programs is None:
        raise SetupFailed("There is no PostgreSQL here (on Debian: apt-get install postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="qaita-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _server_user())
    data, log, port = folder / "data", folder / "log", free_port()
    flags = ["-A", "trust", "-U", "qaita", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    options = f"-p {port} -k {folder} -h 127.0.0.1 " + " ".join(f"-c {word}" for word in settings)
    control = [str(programs / "pg_ctl"), "-D", str(data), "-l", str(log), "-w"]
    try:
        _run([str(programs / "initdb"), "-D", str(data), *flags], log)
        _run([*control, "-o", options, "start"], log)
        yield f"postgresql://qaita@127.0.0.1:{port}/postgres"
    finally:
        if data.exists():
            _control([*control, "-m", "immediate", "stop"], seconds=60)
        shutil.rmtree(folder, ignore_errors=True)
