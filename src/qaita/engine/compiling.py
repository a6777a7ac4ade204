"""How the loops of the engine are compiled: kept on disk, and never run when they are stale.

A kept loop holds the code and the numbers of whatever it calls, wherever these are written, but
Numba looks only at the file of the loop itself. So what is kept is stamped with that file and with
all of the engine that it imports, directly or not: an upgraded engine compiles anew.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])

ENGINE = Path(__file__).parent
IMPORTED = re.compile(rb"^from qaita\.engine\.([\w.]+) import", re.MULTILINE)


def stamp_of(path: Path, engine: Path = ENGINE) -> str:
    """Return the digest of a file and of all of the engine that it imports."""
    found, waiting = {path}, [path]
    while waiting:
        for name in IMPORTED.findall(waiting.pop().read_bytes()):
            module = engine.joinpath(*name.decode().split(".")).with_suffix(".py")
            if module not in found and module.exists():
                found.add(module)
                waiting.append(module)
    digest = hashlib.sha256()
    for module in sorted(found):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def compiled(**options: Any) -> Callable[[Loop], Loop]:
    """Compile a function at its first call and keep it: `njit` with a stamp that tells all."""
    compile_: Any = njit  # its types lack some of its options

    def made(function: Loop) -> Loop:
        loop: Loop = compile_(cache=True, **options)(function)
        kept = getattr(getattr(loop, "_cache", None), "_cache_file", None)
        if kept is not None:
            stamp = _stamp(function.__code__.co_filename)
            kept._source_stamp = stamp  # noqa: SLF001  # Numba has no other door to it
        return loop

    return made


@cache
def _stamp(path: str) -> str:
    return stamp_of(Path(path))


# Whole numbers for compiled loops: a plain number written in a loop is a type of its own to Numba,
# and what it is passed to is compiled once more for it.
NO: Any = np.int64(0)
YES: Any = np.int64(1)
NONE: Any = np.int64(-1)


def inner(function: Loop) -> Loop:
    """Compile a function that only compiled ones call: without a door for Python, a tenth less."""
    return compiled(no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
