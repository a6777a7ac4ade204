"""How the loops of this package are compiled: without Python's lock."""

from typing import Any

from qaita.engine.compiling import compiled

# called from Python
entry: Any = compiled(nogil=True, error_model="numpy")
# called from compiled loops only: no wrapper for Python is built
inner: Any = compiled(
    nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)
