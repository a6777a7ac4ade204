"""How the loops of this package are compiled: kept on disk, without Python's lock."""

from typing import Any

from numba import njit

_compile: Any = njit  # its types lack some of its options
# called from Python
entry: Any = _compile(cache=True, nogil=True, error_model="numpy")
# called from compiled loops only: no wrapper for Python is built
inner: Any = _compile(
    cache=True, nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)
