"""Serves the site: the web server and the worker, and ends both cleanly. Standard library only."""

import errno
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from types import FrameType

from qaita.console.place import Place
from qaita.console.steps import Progress, SetupFailed

PATIENCE_SECONDS = 60.0
FAREWELL_SECONDS = 6.0
RESTARTS = 5
WORKERS, THREADS = 2, 16  # of processes, and of each: so many requests are worked on at once


def require_free_port(host: str, port: int) -> None:
    """Refuse an address nobody can listen on, in one sentence."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror:
        raise SetupFailed(
            f"“{host}” is no address of this machine: try --host 127.0.0.1."
        ) from None
    with closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise SetupFailed(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use: stop what listens there,"
            f" or choose another with --port {port + 1}."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is for the superuser only: choose one above 1023 with --port 8000."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: try --host 127.0.0.1."
    return f"Nothing can listen on {host}:{port}: {error.strerror}."


def server_command(place: Place, host: str, port: int) -> list[str]:
    """Return the web server's command line."""
    return [
        str(place.python),
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={WORKERS}",
        f"--blocking-threads={THREADS}",
        "--backpressure=256",
        "--respawn-failed-workers",
        "--workers-kill-timeout=4",
        "--log-level=error",
        "qaita.config.wsgi:application",
    ]


@dataclass
class Troupe:
    """The processes of one site; each leads its own group, so that it can be ended whole."""

    place: Place
    playing: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)
    stopping: bool = False

    def start(self, name: str, command: Sequence[str], **more: str) -> None:
        """Start one process."""
        self.playing[name] = subprocess.Popen(
            list(command),
            env=self.place.environment(**more),
            cwd=self.place.root,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def fallen(self) -> list[str]:
        """Return the names of those that ended by themselves."""
        return [name for name, process in self.playing.items() if process.poll() is not None]

    def stop(self) -> None:
        """End all: first kindly, then not."""
        for process in self.playing.values():
            _signal_group(process, signal.SIGTERM)
        until = time.monotonic() + FAREWELL_SECONDS
        for process in self.playing.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
            # whatever a process left behind in its group goes with it
            _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[bytes], which: signal.Signals) -> None:
    try:
        os.killpg(process.pid, which)
    except (ProcessLookupError, PermissionError):
        return


def answers(address: str) -> bool:
    """Tell whether the site answers, whatever it says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"{address}/health", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def wait_until_it_answers(troupe: Troupe, address: str) -> None:
    """Wait for the first answer."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not answers(address):
        if "server" in troupe.fallen():
            raise SetupFailed("The web server did not start; what it said is above.")
        if time.monotonic() > until:
            raise SetupFailed(f"The web server does not answer at {address} after a minute.")
        time.sleep(0.05)


def reachable(host: str, port: int) -> str:
    """Return the address to open in a browser."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 -- compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def watch(troupe: Troupe, worker: Sequence[str], progress: Progress) -> int:
    """Stay until told to stop; bring a fallen worker back a few times."""
    while not troupe.stopping:
        for name in troupe.fallen():
            count = troupe.restarts[name] = troupe.restarts.get(name, 0) + 1
            if name == "server" or count > RESTARTS:
                progress.say(f"The {name} ended by itself: stopping the rest.")
                return 1
            progress.say(f"The {name} ended by itself: starting it again ({count}).")
            troupe.start(name, worker)
        time.sleep(0.25)
    return 0


def on_signals(troupe: Troupe) -> None:
    """Let Ctrl-C and a polite kill end the site."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        troupe.stopping = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, stop)
