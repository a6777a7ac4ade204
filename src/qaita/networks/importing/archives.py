"""Archives from strangers: unpacked only after a look, and never beyond their bounds."""

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.options import Limits
from qaita.networks.importing.rules import one_fault

PIECE = 1024 * 1024
SMALL = 10 * PIECE  # below this a high ratio does no harm
SHAPE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
NEEDED = frozenset({".shp", ".shx", ".dbf"})
CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]+)(\d+)""")
FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]{0,80}?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["'][^<>]{0,80}>\s*<(?:\w+:)?f[\s>/]"""
)
TAG = re.compile(r"<[^<>]+>")
WORD = re.compile(r"""([\w:]+)\s*=\s*["']([^"']*)["']""")
WORKBOOK_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
COLUMNS_MAX = 256
FORMULAS_MAX = 100_000
Cells = set[tuple[int, int]]


def checked_members(archive: zipfile.ZipFile, limits: Limits, most: int) -> list[zipfile.ZipInfo]:
    """Return the members of an archive, or raise what is wrong with it as a whole."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    for info in members:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
        if path.is_absolute() or ".." in path.parts or ":" in info.filename or is_link:
            raise FaultyNetwork(one_fault("file", "unsafe_archive", value=info.filename))
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if total > most or len(members) > 10_000:
        raise FaultyNetwork(one_fault("file", "bomb"))
    if total > SMALL and total > packed * limits.ratio:
        raise FaultyNetwork(one_fault("file", "bomb"))
    return members


def unpack_shapefile(path: Path, folder: Path, limits: Limits) -> Path:
    """Unpack the one Shapefile of an archive into a folder; return its .shp."""
    with zipfile.ZipFile(path) as archive:
        members = checked_members(archive, limits, limits.unpacked_bytes)
        shapes = [m for m in members if m.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise FaultyNetwork(one_fault("file", "incomplete_archive"))
        stem = PurePosixPath(shapes[0].filename).with_suffix("")
        parts = {
            PurePosixPath(m.filename).suffix.lower(): m
            for m in members
            if PurePosixPath(m.filename).with_suffix("") == stem
        }
        if not parts.keys() >= NEEDED:
            raise FaultyNetwork(one_fault("file", "incomplete_archive"))
        for ending in SHAPE_PARTS & parts.keys():
            _copy(archive, parts[ending], folder / f"lines{ending}")
    return folder / "lines.shp"


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write a member out; never more than the size it declares."""
    with archive.open(member) as source, target.open("wb") as file:
        while piece := source.read(PIECE):
            file.write(piece)


def repack_workbook(path: Path, target: Path, limits: Limits) -> dict[str, Cells]:
    """Copy a workbook's members, each no larger than declared, its cells within bounds.

    The reader of workbooks makes room for every cell up to the farthest one, so a lone far cell
    would take all memory. It also gives a formula's last result, or nothing: so the cells that
    hold formulas are returned, for each sheet's title their rows and columns, from 1.
    """
    formulas: dict[str, Cells] = {}
    kept: dict[str, bytes] = {}
    with (
        zipfile.ZipFile(path) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy,
    ):
        for member in checked_members(archive, limits, limits.sheet_bytes):
            is_sheet = member.filename.lower().startswith("xl/worksheets/")
            with archive.open(member) as source, copy.open(member.filename, "w") as file:
                rest = b""
                while piece := source.read(PIECE):
                    if is_sheet:
                        _check_cells(rest + piece, limits)
                        _note_formulas(rest + piece, formulas.setdefault(member.filename, set()))
                        rest = piece[-256:]
                    elif member.filename in WORKBOOK_PARTS:
                        kept[member.filename] = kept.get(member.filename, b"") + piece
                    file.write(piece)
    files = {title: file for title, file in _sheet_files(kept) if file in formulas}
    return {title: formulas[file] for title, file in files.items()}


def _note_formulas(piece: bytes, cells: Cells) -> None:
    if len(cells) < FORMULAS_MAX:
        cells.update((int(match[2]), _column(match[1])) for match in FORMULA.finditer(piece))


def _sheet_files(kept: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield each sheet's title and its member of the archive."""
    book, links = (kept.get(part, b"").decode("utf-8", "replace") for part in WORKBOOK_PARTS)
    targets = {}
    for tag in TAG.findall(links):
        words = dict(WORD.findall(tag))
        targets[words.get("Id", "")] = words.get("Target", "")
    for tag in TAG.findall(book):
        words = dict(WORD.findall(tag))
        if target := targets.get(words.get("r:id", "")):
            name = target.removeprefix("/xl/")
            yield html.unescape(words.get("name", "")), f"xl/{name}"


def _check_cells(piece: bytes, limits: Limits) -> None:
    for match in CELL.finditer(piece):
        if len(match[2]) > 7 or int(match[2]) > limits.rows or _column(match[1]) > COLUMNS_MAX:
            raise FaultyNetwork(
                one_fault("file", "bomb", value=match[0].decode("ascii", "replace"))
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number
