"""`python -m qaita.console VERB …`: the verbs, inside the Python that holds our packages."""

import os
import sys
from pathlib import Path

from django.core.management import ManagementUtility
from django.db import DatabaseError

from qaita.console import messages
from qaita.console.steps import disk_sentence
from qaita.kernel.errors import is_closed


def take_data_dir(arguments: list[str]) -> list[str]:
    """Move --data-dir from the arguments into the environment, where settings look."""
    rest = list(arguments)
    for index, word in enumerate(arguments):
        name, _, value = word.partition("=")
        if name == "--data-dir":
            taken = 1 if value else 2
            folder = Path(value or "".join(arguments[index + 1 : index + 2]))
            os.environ["QAITA_DATA_DIR"] = str(folder.expanduser().absolute())
            del rest[index : index + taken]
            break
    return rest


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; Django's exit codes are ours."""
    rest = take_data_dir(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qaita.config.settings")
    if rest[:1] == ["messages"]:
        return messages.main(rest[1:])
    if rest[:1] == ["manage"]:
        rest = rest[1:]
    if rest[:1] == ["verify"]:
        rest = ["ledger", *rest]
    return _run(rest)


def _run(words: list[str]) -> int:
    try:
        ManagementUtility(["qaita", *words]).execute()
    except BrokenPipeError:  # whoever read our answer, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, DatabaseError) as error:
        if not is_closed(error):
            raise
        print(f"qaita: {_closed_sentence(error)} Nothing is left half done.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept; what was half done is not.", file=sys.stderr)
    else:
        return 0
    return 1


def _closed_sentence(error: OSError | DatabaseError) -> str:
    if isinstance(error, OSError):
        return disk_sentence(error) or f"{error}."
    folder = os.environ.get("QAITA_DATA_DIR", "the data folder")
    return f"The database cannot be written ({error}): look at {folder}."


if __name__ == "__main__":
    sys.exit(main())
