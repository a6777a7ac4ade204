"""Editions of the site: folders of finished files, one for each height, switched by one link."""

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import brotli

from qaita.disclosure.bulk.files import BulkFile, State, bulk_files, describe
from qaita.disclosure.bulk.pieces import Pieces
from qaita.disclosure.contracting.parts import Place
from qaita.disclosure.publishing.heights import Heights
from qaita.disclosure.publishing.joining import FORMS, join
from qaita.disclosure.publishing.pages import PLACE, Page, public_pages
from qaita.kernel.text import LANGUAGES

BROTLI_QUALITY = 5
GZIP_LEVEL = 6
GZIP = 16  # added to zlib's window: a gzip header without a time
ENDINGS = ("", ".gz", ".br")
KEPT = 3
DATA_PAGE = Page("data-sets/", ("",))
Notes = dict[str, Any]
Forms = tuple[str, ...]
# the address of a page, the height it tells, and the folder being written
Render = Callable[[str, int, Path], bytes]
Work = Callable[[], "Written"]
# does the works, alone or with others, and returns what each brought, in their order
Share = Callable[[Sequence[Work]], Iterable["Written"]]


def one_by_one(works: Sequence[Work]) -> "Iterable[Written]":
    """Do all works alone."""
    return [work() for work in works]


@dataclass(frozen=True)
class Site:
    """What is published where: the folder, how a page is made, and from which sources."""

    folder: Path
    render: Render
    place: Place
    sources: str  # digest of the program and its words: when it changes, all is made anew
    languages: tuple[str, ...] = LANGUAGES
    share: Share = one_by_one


@dataclass
class Published:
    """What one publishing did."""

    height: int
    folder: Path
    made: list[str] = field(default_factory=list)
    kept: int = 0


def current_edition(folder: Path) -> tuple[Path, Notes] | None:
    """Return the folder and notes of the edition people read now."""
    link = folder / "current"
    try:
        edition = folder / link.readlink()
        return edition, json.loads((edition / "edition.json").read_text())
    except (OSError, ValueError):
        return None


def publish(site: Site, *, on: date, full: bool = False, bulk: bool = True) -> Published:
    """Bring the published pages up to the ledger's height; what nobody touched is linked.

    `bulk=False` leaves the files that are joined of pieces at the height they have, even when the
    day or the program is another one.
    """
    before = None if full else current_edition(site.folder)
    writing = site.folder / f".new-{os.getpid()}"
    shutil.rmtree(writing, ignore_errors=True)
    writing.mkdir(parents=True)
    try:
        done, notes = _write(site, writing, before, on=on, bulk=bulk)
        if before and not done.made and before[1]["height"] == notes["height"]:
            done.folder = before[0]
            return done
        done.folder = _switch(site.folder, writing, notes["height"])
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    _prune(site.folder, done.folder)
    return done


def check_edition(site: Site, *, on: date) -> list[str]:
    """Make everything anew beside the current edition; return the files that differ."""
    found = current_edition(site.folder)
    if found is None:
        return ["nothing is published"]
    trial = site.folder / f".check-{os.getpid()}"
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(parents=True)
    try:
        _write(site, trial, None, on=on, bulk=True)
        return _differences(found[0], trial)
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _differences(one: Path, other: Path) -> list[str]:
    def files(folder: Path) -> dict[str, Path]:
        found = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path for path in found}

    first, second = files(one), files(other)
    return sorted(
        name
        for name in first.keys() | second.keys()
        if name not in first
        or name not in second
        or first[name].read_bytes() != second[name].read_bytes()
    )


@dataclass
class Written:
    """What was written of an edition: the notes on pages and data, and the addresses made anew."""

    pages: dict[str, int] = field(default_factory=dict)
    data: Notes = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def add(self, other: "Written") -> None:
        """Take over what another hand has written."""
        self.pages |= other.pages
        self.data |= other.data
        self.made += other.made


class _Writer:
    """Writes one edition beside the one before it; its hands may be several processes."""

    def __init__(
        self, site: Site, folder: Path, before: tuple[Path, Notes] | None, on: date
    ) -> None:
        self.site, self.folder, self.before, self.on = site, folder, before, on
        same = before is not None and _same_ground(before[1], site, on)
        self.old = before[0] if before and same else None
        self.old_notes: Notes = before[1] if before and same else {"pages": {}, "data": {}}

    def page(self, page: Page, height: int, *, fresh: bool = False) -> Written:
        """Make the page in every language, or link it when nobody touched it."""
        done = Written()
        for language in self.site.languages:
            name = f"{language}/{page.path}index.html"
            same = not fresh and self.old_notes["pages"].get(name) == height
            if not same or not self.link(name):
                address = f"/{language}/{page.path}"
                self.put(name, self.site.render(address, height, self.folder))
                done.made.append(address)
            done.pages[name] = height
        return done

    def data(self, file: BulkFile, height: int, *, fresh: bool) -> Written:
        """Make a file of open data, or link the one there is."""
        if file.joined is not None:
            return self.join(file, file.joined, height, fresh=fresh)
        name, old = f"data/{file.name}", self.old_notes["data"].get(file.name)
        if old is not None and old["height"] == height and self.link(name):
            return Written(data={file.name: old})
        note = {"height": height, **self.pour(name, file.pieces(self.site.place, self.on))}
        return Written(data={file.name: note}, made=[f"/{name}"])

    def join(self, file: BulkFile, pieces: Pieces, height: int, *, fresh: bool) -> Written:
        """Join a large file, or link the one there is: it may lag, and no day changes it."""
        edition, notes = self.before or (None, {"data": {}})
        name, old = f"data/{file.name}", notes["data"].get(file.name)
        is_ours = old is not None and old.get("sources") == self.site.sources
        usable = old is not None and (not fresh or (is_ours and old["height"] == height))
        if usable and self.link(name, edition, FORMS):
            return Written(data={file.name: old})
        known = (edition / name, old["height"]) if edition and is_ours else None
        note = {"height": height, "sources": self.site.sources}
        note |= join(self.folder / name, pieces, known)
        return Written(data={file.name: note}, made=[f"/{name}"])

    def put(self, name: str, body: bytes) -> None:
        """Write a file with its compressed twins."""
        self.pour(name, [body])

    def pour(self, name: str, pieces: Iterable[bytes]) -> dict[str, Any]:
        """Write a file piece by piece with its compressed twins; return its size and hash."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        total, size = hashlib.sha256(), 0
        squeezed = zlib.compressobj(GZIP_LEVEL, wbits=zlib.MAX_WBITS | GZIP)
        pressed = brotli.Compressor(quality=BROTLI_QUALITY)
        with ExitStack() as opened:
            plain, gz, br = (
                opened.enter_context(path.with_name(path.name + ending).open("wb"))
                for ending in ENDINGS
            )
            for piece in pieces:
                total.update(piece)
                size += len(piece)
                plain.write(piece)
                gz.write(squeezed.compress(piece))
                br.write(pressed.process(piece))
            gz.write(squeezed.flush())
            br.write(pressed.finish())
        return {"bytes": size, "sha256": total.hexdigest()}

    def link(self, name: str, edition: Path | None = None, forms: Forms = ENDINGS) -> bool:
        """Take a file over from the edition before, if it is there in all its forms."""
        old = edition or self.old
        if old is None:
            return False
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            for ending in forms:
                os.link(old / (name + ending), self.folder / (name + ending))
        except OSError:
            for ending in forms:
                (self.folder / (name + ending)).unlink(missing_ok=True)
            return False
        return True


def _same_ground(notes: Notes, site: Site, on: date) -> bool:
    return notes.get("sources") == site.sources and notes.get("day") == on.isoformat()


def _write(
    site: Site, folder: Path, before: tuple[Path, Notes] | None, *, on: date, bulk: bool
) -> tuple[Published, Notes]:
    pages = list(public_pages())
    heights = Heights((code for page in pages for code in page.codes), PLACE)
    writer, done = _Writer(site, folder, before, on), Written()
    works: list[Work] = [
        *(partial(writer.data, file, heights.of(file.kinds), fresh=bulk) for file in bulk_files()),
        *(
            partial(writer.page, page, heights.of(page.kinds, page.codes, page.places))
            for page in pages
        ),
    ]
    for written in site.share(works):
        done.add(written)
    index = _write_index(writer, done, heights)
    # it shows the list, whose large files may lag behind the ledger
    done.add(writer.page(DATA_PAGE, heights.top, fresh=index != writer.old_notes.get("index")))
    notes = {"height": heights.top, "day": on.isoformat(), "sources": site.sources}
    notes |= {"pages": done.pages, "data": done.data, "index": index}
    text = json.dumps(notes, indent=1, sort_keys=True)
    (folder / "edition.json").write_text(text)
    total = len(site.languages) * (len(pages) + 1) + len(done.data)
    return Published(heights.top, folder, done.made, total - len(done.made)), notes


def _write_index(writer: _Writer, done: Written, heights: Heights) -> str:
    """Write the list of all files with what is needed to check them; return its hash."""
    state = State(
        heights.top,
        writer.on,
        {file.name: heights.of(file.kinds) for file in bulk_files()},
        heights.instants(note["height"] for note in done.data.values()),
    )
    index = describe(done.data, writer.site.place, state)
    text = json.dumps(index, ensure_ascii=False, indent=1)
    writer.put("data/index.json", text.encode() + b"\n")
    return hashlib.sha256(text.encode()).hexdigest()


def _switch(folder: Path, writing: Path, height: int) -> Path:
    """Give the finished edition its name and let the link point to it, in one step."""
    taken = [_age(path)[1] for path in _editions(folder) if _age(path)[0] == height]
    edition = folder / (f"{height}.{max(taken) + 1}" if taken else str(height))
    writing.rename(edition)
    link = folder / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(edition.name)
    link.replace(folder / "current")
    return edition


def _prune(folder: Path, current: Path) -> None:
    """Keep the newest editions; remove the rest."""
    others = sorted((path for path in _editions(folder) if path != current), key=_age)
    for path in others[: -(KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)


def _editions(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name[0].isdigit()]


def _age(path: Path) -> tuple[int, int]:
    height, _dot, number = path.name.partition(".")
    return int(height), int(number or 1)
