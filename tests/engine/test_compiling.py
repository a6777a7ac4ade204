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


def loops():
    """Yield every compiled loop of the engine and its file."""
    for found in pkgutil.walk_packages(qaita.engine.__path__, "qaita.engine."):
        module = importlib.import_module(found.name)
        for thing in vars(module).values():
            if isinstance(thing, Dispatcher) and thing.__module__ == found.name:
                yield thing, Path(module.__file__)


def test_every_loop_of_the_engine_is_kept_with_such_a_stamp():
    assert len(list(loops())) > 100
    for loop, path in loops():
        assert loop._cache._cache_file._source_stamp == stamp_of(path), loop


def test_no_loop_may_add_in_another_order():
    """What is compiled in this process and what is kept are optimised apart: bits would differ."""
    for loop, _path in loops():
        flags = loop.targetoptions.get("fastmath") or set()
        assert flags is not True and not {"reassoc", "fast"} & set(flags), loop


def test_nothing_else_of_the_engine_asks_numba_to_compile():
    asking = [path.name for path in ENGINE.rglob("*.py") if "njit" in path.read_text()]
    assert asking == ["compiling.py"]
