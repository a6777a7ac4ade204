"""Pieces of one work in threads, for compiled loops that let go of Python's lock.

Each piece writes to a place of its own, so that the number of threads changes no bit. A pool lives
for one work only: a process that is forked, or ends, has no threads of ours to trip over.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PIECES = 4  # for each thread, so that none waits long for another


def pieces_of(count: int, *, least: int = 1) -> list[tuple[int, int]]:
    """Cut 0…count into runs of no fewer than `least`, some for each thread."""
    most = max(min(count // least, PIECES * THREADS), 1)
    edges = [count * i // most for i in range(most + 1)]
    return list(pairwise(edges))


def run_pieces(pieces: Sequence[Callable[[], object]], *, alone: bool = False) -> None:
    """Run all pieces, `alone` in this thread; what one raises is raised here."""
    if alone or THREADS < 2 or len(pieces) < 2:
        for piece in pieces:
            piece()
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(piece) for piece in pieces]:
            done.result()
