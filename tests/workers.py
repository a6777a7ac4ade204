"""Which worker of xdist runs what, and in which order."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
ON_COUNTRY = 'usefixtures("country")'  # the files that say so look at the demonstration
# long files in pieces: each role's desk, the portal in each language
PIECES = {
    "tests/browser/test_desk_pages.py": re.compile(r"-(\w+)\]$"),
    "tests/browser/test_portal_pages.py": re.compile(r"(kk|ru|en)\]$"),
}


class Sharing(LoadScopeScheduling):
    """A file to one worker, as its fixtures want; all files on the country to one that makes it."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Name what stays together with a test."""
    file = nodeid.partition("::")[0]
    piece = PIECES[file].search(nodeid) if file in PIECES else None
    return f"{file} {piece[1]}" if piece else _group_of_file(file)


@cache
def _group_of_file(file: str) -> str:
    return "country" if ON_COUNTRY in (ROOT / file).read_text(encoding="utf-8") else file


def long_ones_first(items: list[pytest.Item]) -> None:
    """Let a worker begin with what takes long, then with what holds many tests."""
    groups = {item: group_of(item.nodeid) for item in items}
    slow = {groups[item] for item in items if item.get_closest_marker("slow")}
    size = Counter(groups.values())
    items.sort(key=lambda item: (groups[item] not in slow, -size[groups[item]]))
