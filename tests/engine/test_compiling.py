"""Kept loops are compiled anew when anything that they are made of has changed."""

import importlib
import pkgutil
from pathlib import Path

from numba.core.dispatcher import Dispatcher

import qaita.engine
from qaita.engine.compiling import ENGINE, stamp_of


def write(engine: Path, name: str, text: str) -> Path:
    path = engine / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_a_loop_is_stamped_with_all_that_its_file_imports_directly_or_not(tmp_path):
    numbers = write(tmp_path, "plan/numbers", "CHUNK = 2048\n")
    write(tmp_path, "plan/inner", "from qaita.engine.plan.numbers import CHUNK\n")
    outer = write(tmp_path, "outer", "from qaita.engine.plan.inner import (\n    run,\n)\n")
    apart = write(tmp_path, "apart", "X = 1\n")
    before = stamp_of(outer, tmp_path)
    apart.write_text("X = 2\n")
    assert stamp_of(outer, tmp_path) == before
    numbers.write_text("CHUNK = 1024\n")
    assert stamp_of(outer, tmp_path) != before


def test_every_loop_of_the_engine_is_kept_with_such_a_stamp():
    seen = 0
    for found in pkgutil.walk_packages(qaita.engine.__path__, "qaita.engine."):
        module = importlib.import_module(found.name)
        for thing in vars(module).values():
            if isinstance(thing, Dispatcher) and thing.__module__ == found.name:
                path = Path(module.__file__)
                assert thing._cache._cache_file._source_stamp == stamp_of(path), thing
                seen += 1
    assert seen > 100


def test_nothing_else_of_the_engine_asks_numba_to_compile():
    asking = [path.name for path in ENGINE.rglob("*.py") if "njit" in path.read_text()]
    assert asking == ["compiling.py"]
