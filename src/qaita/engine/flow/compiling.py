"""How the loops of this package are compiled: kept on disk, without Python's lock.

A kept loop holds the code of the loops it calls, wherever they are written, but Numba looks only
at the file of the loop itself. So what is kept here is stamped with all files of the package that
hold compiled loops or the numbers and tuples those are made with.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

NUMBERS = ("lanes.py", "model.py", "network.py")


def _stamp() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_bytes()
        if b"flow.compiling import" in text or path.name in NUMBERS:
            digest.update(text)
    return digest.hexdigest()


STAMP = _stamp()


def _compiler(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    compile_: Any = njit  # its types lack some of its options

    def made(function: Callable[..., Any]) -> Any:
        compiled = compile_(cache=True, nogil=True, error_model="numpy", **options)(function)
        kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
        if kept is not None:
            kept._source_stamp = STAMP  # noqa: SLF001  # Numba has no other door to it
        return compiled

    return made


# called from Python
entry: Any = _compiler()
# called from compiled loops only: no wrapper for Python is built
inner: Any = _compiler(no_cpython_wrapper=True, no_cfunc_wrapper=True)
