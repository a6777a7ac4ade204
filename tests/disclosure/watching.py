"""Publishing after every verb, and looking for pages and files that should have been made anew."""

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import wraps
from pathlib import Path

from django.db import connection

from qaita.console.publishing import _site
from qaita.disclosure.bulk.files import bulk_files
from qaita.disclosure.publishing import Published, current_edition, one_by_one, publish
from qaita.disclosure.publishing.pages import EVERYTHING, Page, public_pages
from qaita.kernel.clock import day_of
from qaita.kernel.remembering import one_state
from qaita.ledger.services import publish_log

OFTEN = {"record_failures": 2}  # how often a verb is looked at, if more than once
Forgotten = dict[str, set[str]]  # verb → addresses that tell what was true before it


def is_verb(value: object) -> bool:
    """Tell a service of a room: it says when it happens."""
    module = (getattr(value, "__module__", None) or "").split(".")
    return (
        inspect.isfunction(value)
        and module[0] == "qaita"
        and module[2:3] == ["services"]
        and "at" in inspect.signature(value).parameters
    )


class Watcher:
    """Publishes after every verb called from outside, as the publisher does, and compares."""

    def __init__(self, folder: Path, at: datetime) -> None:
        site = _site(at, one_by_one)
        self.made = site.render
        self.site = replace(site, folder=folder, languages=("en",), render=self._render)
        self.on = day_of(at)
        self.depth = 0
        self.seen: Counter[str] = Counter()
        self.forgotten: Forgotten = {}

    @contextmanager
    def resting(self):
        """Look at nothing for a while."""
        self.depth += 1
        yield
        self.depth -= 1

    def watched(self, verb: Callable) -> Callable:
        """Return the verb, looked after."""

        @wraps(verb)
        def call(*args: object, **more: object) -> object:
            with self.resting():
                answer = verb(*args, **more)
            if self.depth == 0 and len(connection.atomic_blocks) == 1:
                self.seen[verb.__name__] += 1
                if self.seen[verb.__name__] <= OFTEN.get(verb.__name__, 1):
                    self.look(verb.__name__)
            return answer

        return call

    def look(self, verb: str) -> None:
        """Publish, then make what was left as it was."""
        publish_log()
        pages = list(public_pages())
        self.always = {f"/en/{page.path}" for page in pages if page.kinds == EVERYTHING}
        with one_state():
            done = publish(self.site, on=self.on)
            _, notes = current_edition(self.site.folder)
            left = {
                *self._pages_left(pages, done, notes["pages"]),
                *self._files_left(done.folder, done.made),
            }
        if left := left.difference(*self.forgotten.values()):
            self.forgotten[verb] = left

    def _render(self, address: str, height: int, folder: Path) -> bytes:
        """Make a page; what every entry makes anew can never be forgotten, so nothing is made."""
        return b"" if address in self.always else self.made(address, height, folder)

    def _pages_left(self, pages: list[Page], done: Published, heights: dict[str, int]):
        for page in pages:
            address, name = f"/en/{page.path}", f"en/{page.path}index.html"
            if address in done.made or not (page.kinds or page.codes or page.places):
                continue
            fresh = self.site.render(address, heights[name], done.folder)
            if fresh != (done.folder / name).read_bytes():
                yield address

    def _files_left(self, folder: Path, made: list[str]):
        for file in bulk_files():
            address = f"/data/{file.name}"
            if (
                address not in made
                and file.make(self.site.place, self.on) != (folder / address[1:]).read_bytes()
            ):
                yield address


def watch_every_verb(watcher: Watcher, monkeypatch) -> None:
    """Put the watcher around every service, wherever it was imported."""
    wrapped: dict[Callable, Callable] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith(("qaita.", "tests.")):
            continue
        for key, value in list(vars(module).items()):
            if is_verb(value):
                monkeypatch.setattr(module, key, wrapped.setdefault(value, watcher.watched(value)))
            elif isinstance(value, dict) and any(map(is_verb, value.values())):
                for action, verb in list(value.items()):
                    if is_verb(verb):
                        call = wrapped.setdefault(verb, watcher.watched(verb))
                        monkeypatch.setitem(value, action, call)
