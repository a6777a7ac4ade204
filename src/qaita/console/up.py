"""`./qaita up`: sets up what is missing and serves the site. Standard library only."""

import argparse
import json
import sys

from qaita.console.ground import ensure_python
from qaita.console.place import Place, place_of
from qaita.console.preparing import SIZES, prepare_site, sign_ins
from qaita.console.serving import (
    Troupe,
    on_signals,
    reachable,
    require_free_port,
    server_command,
    wait_until_it_answers,
    watch,
)
from qaita.console.steps import Progress, make_folder


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Return what the command understands."""
    words = argparse.ArgumentParser(
        prog="./qaita up", description="Set up what is missing and serve the portal and the desk."
    )
    words.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    words.add_argument("--port", type=_port, default=8000, help="port to listen on (8000)")
    words.add_argument("--data-dir", help="folder of all data (var)")
    words.add_argument("--size", choices=SIZES, default="small", help="demonstration to load")
    words.add_argument("--empty", action="store_true", help="published targets and territory only")
    words.add_argument("--prepare-only", action="store_true", help="set up, but do not serve")
    words.add_argument("--json", action="store_true", help="say where it serves as one JSON line")
    return words


def table(rows: list[dict[str, str]]) -> str:
    """Return the sign-ins as lines."""
    if not rows:
        return ""
    heads = [("role", "Role"), ("username", "Sign-in"), ("password", "Password")]
    widths = [max(len(head), *(len(row.get(key, "")) for row in rows)) for key, head in heads]
    lines = ["  ".join(head.ljust(width) for (_, head), width in zip(heads, widths, strict=True))]
    for row in rows:
        cells = [row.get(key, "") for key, _ in heads]
        lines.append("  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)))
    return "\n".join(f"  {line.rstrip()}" for line in lines)


def announce(place: Place, address: str, seconds: float, *, as_json: bool) -> None:
    """Print where the site is and who can sign in."""
    rows = sign_ins(place)
    if as_json:
        print(json.dumps({"address": address, "seconds": round(seconds, 2), "sign_ins": rows}))
    else:
        print(f"\nQaita is at {address}  (ready in {seconds:.1f} s; Ctrl-C stops it)")
        if rows:
            print(f"\nDemonstration sign-ins, at {address}/en/desk/:\n{table(rows)}")
        for row in (row for row in rows if row.get("others")):
            print(f"  {row['role']}: also {row['others']}, with the same password")
    sys.stdout.flush()


def serve(place: Place, host: str, port: int, progress: Progress, *, as_json: bool) -> int:
    """Serve until told to stop."""
    address = reachable(host, port)
    troupe, worker = Troupe(place), place.console("work")
    on_signals(troupe)
    hosts = {"127.0.0.1", "localhost", "testserver", host}
    allowed = {"QAITA_ALLOWED_HOSTS": ",".join(sorted(hosts)), "QAITA_PUBLIC_ADDRESS": address}
    asked = {name: value for name, value in allowed.items() if name not in place.environment()}
    try:
        troupe.start("server", server_command(place, host, port), **asked)
        wait_until_it_answers(troupe, address)
        troupe.start("worker", worker, **asked)
        announce(place, address, progress.seconds(), as_json=as_json)
        return watch(troupe, worker, progress)
    except KeyboardInterrupt:
        progress.say("\nStopping …")
        return 0
    finally:
        troupe.stop()


def main(arguments: list[str]) -> int:
    """Set up and serve."""
    asked = parser().parse_args(arguments)
    place, progress = place_of(asked.data_dir), Progress()
    if not asked.prepare_only:
        require_free_port(asked.host, asked.port)
    make_folder(place.data)
    ensure_python(place, progress)
    prepare_site(place, progress, size=asked.size, empty=asked.empty)
    if asked.prepare_only:
        progress.say(f"  set up in {progress.seconds():.1f} s")
        return 0
    require_free_port(asked.host, asked.port)
    return serve(place, asked.host, asked.port, progress, as_json=asked.json)
