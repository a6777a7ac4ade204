"""Two people at once: each with a thread and a connection of their own, begun together."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection

from qaita.kernel.errors import QaitaError


def at_once(*deeds: Callable[[], object]) -> Sequence[QaitaError | None]:
    """Do all deeds at once; return for each the refusal it met, or None when it was done."""
    start = threading.Barrier(len(deeds))
    met: list[QaitaError | None] = [None] * len(deeds)
    broken: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait()
            deeds[number]()
        except QaitaError as refusal:
            met[number] = refusal
        except BaseException as fault:  # noqa: BLE001 -- told in the main thread
            broken.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return met
