"""What `./qaita VERB` does before and around the verb. Standard library only."""

import subprocess
import sys
from collections.abc import Callable

from qaita.console import testing, up
from qaita.console.ground import ensure_python
from qaita.console.locking import lock_packages
from qaita.console.place import place_of
from qaita.console.preparing import prepare_rooms
from qaita.console.steps import Progress, SetupFailed, disk_sentence, make_folder

# verb → (does it need words and tables?, what it does)
VERBS: dict[str, tuple[bool, str]] = {
    "demo": (True, "load the demonstration country: --size small|city|country"),
    "chain": (True, "walk one network file through the whole chain: chain FILE"),
    "import": (
        True,
        "read a file into a register: import networks FILE --utility CODE --service water",
    ),
    "bid": (False, "seal a bid, make a committee key, open shares: bid key|seal|open-share"),
    "plan": (True, "make and run plans"),
    "wear": (
        False,
        "judge models of failures, forecast: wear backtest SECTIONS.csv FAILURES.csv",
    ),
    "publish": (True, "write the public pages as files"),
    "verify": (False, "check the ledger from its published files and the public key alone"),
    "ledger": (True, "the ledger: ledger verify, ledger replay"),
    "work": (True, "do queued and due work"),
    "bench": (False, "measure: bench NAME"),
    "backup": (True, "write all data into one file"),
    "restore": (False, "bring a backup back"),
    "settings": (False, "list the variables that change how Qaita runs"),
    "messages": (False, "compile the words of three languages and name missing ones"),
    "manage": (True, "any command of Django"),
}
HELP = """Qaita runs a national infrastructure-renewal programme in the open.

  ./qaita up              set up what is missing and serve http://127.0.0.1:8000
  ./qaita test            everything that CI runs
{verbs}

./qaita VERB --help explains a verb. All take --data-dir DIR (default: var).
"""


def help_text() -> str:
    """Return the list of verbs."""
    lines = [f"  ./qaita {verb:<15} {text}" for verb, (_, text) in VERBS.items()]
    return HELP.format(verbs="\n".join(lines))


def data_dir_of(arguments: list[str]) -> str | None:
    """Return the value of --data-dir."""
    for index, word in enumerate(arguments):
        if word == "--data-dir" and index + 1 < len(arguments):
            return arguments[index + 1]
        if word.startswith("--data-dir="):
            return word.partition("=")[2]
    return None


def run_verb(verb: str, arguments: list[str]) -> int:
    """Have what the verb needs, then run it by the Python that holds our packages."""
    place, progress = place_of(data_dir_of(arguments)), Progress()
    make_folder(place.data)
    ensure_python(place, progress)
    if VERBS[verb][0] and not {"--help", "-h"}.intersection(arguments):
        prepare_rooms(place, progress)
    child = subprocess.Popen(place.console(verb, *arguments), env=place.environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child got it too and says its own farewell


def answer(verb: str, arguments: list[str]) -> int:
    """Run one verb."""
    own: dict[str, Callable[[list[str]], int]] = {
        "up": up.main,
        "test": testing.main,
        "lock": lock_packages,
    }
    if verb in own:
        return own[verb](arguments)
    if verb in VERBS:
        return run_verb(verb, arguments)
    if verb in {"help", "--help", "-h"}:
        print(help_text())
        return 0
    print(f"There is no verb “{verb}”.\n\n{help_text()}", file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    """Run the verb; end every foreseeable trouble in one sentence."""
    verb, *rest = arguments or ["help"]
    try:
        return answer(verb, rest)
    except SetupFailed as error:
        print(f"qaita: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on where this one stopped.", file=sys.stderr)
    except OSError as error:
        print(f"qaita: {disk_sentence(error) or error}", file=sys.stderr)
    except SystemExit as farewell:  # argparse leaves with 2; ours are 0 and 1
        return 1 if farewell.code else 0
    return 1
