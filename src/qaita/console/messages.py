"""Words: merges the rooms' .po files into one catalogue per language and says what is wanting.

`python -m qaita.console.messages` compiles and reports; exit 1 when a page would show a gap.
GNU gettext is not needed. English is the language of the msgids.
"""

import argparse
import io
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LANGUAGES = ("kk", "ru")
LIBRARIES = "libraries.po"  # what Django and others say; a room's own word goes before it
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[sdifr]|%[sdi]|\{(\w*)\}")

Key = tuple[str, str, str]  # context, msgid, plural or ""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the words."""

    place: str
    language: str
    what: str
    text: str

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.place}: {self.language}: {self.what}: {self.text!r}"


def key_of(message: Message) -> Key:
    """Return what makes a message the same message in two files."""
    forms = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    return (message.context or "", forms[0], forms[1])


def texts_of(message: Message) -> tuple[str, ...]:
    """Return the translation's forms."""
    string = message.string
    return tuple(string) if isinstance(string, (tuple, list)) else (string or "",)


def placeholders(text: str) -> set[str]:
    """Return the slots of a text."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


# ------------------------------------------------------------------ the sources


def _from_template(path: Path) -> io.BytesIO:
    """Return a template's texts in the shape of Python calls, each on its line."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    lines = (line.strip() for line in source.splitlines())
    return io.BytesIO("\n".join(lines).encode())


def sources(package: Path) -> Iterator[Path]:
    """Return every file that can hold a text people see."""
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted(package.rglob(pattern)):
            inside = path.relative_to(package).parts
            shown = path.suffix == ".py" or "templates" in inside
            if shown and "migrations" not in inside and inside[0] != "locale":
                yield path


def used_messages(package: Path = PACKAGE) -> dict[Key, str]:
    """Return every msgid that code or template asks for, with the first place that asks."""
    used: dict[Key, str] = {}
    for path in sources(package):
        stream = io.BytesIO(path.read_bytes()) if path.suffix == ".py" else _from_template(path)
        for line, text, _comments, context in extract(
            "python", stream, KEYWORDS, options={"encoding": "utf-8"}
        ):
            forms = text if isinstance(text, tuple) else (text, "")
            if forms[0]:
                place = f"{path.relative_to(package)}:{line}"
                used.setdefault((context or "", forms[0], forms[1] or ""), place)
    return used


# ------------------------------------------------------------------ the translations


def read_room(path: Path, language: str) -> Catalog:
    """Read one room's file."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _fitting(message: Message, forms: int) -> tuple[str, ...] | str:
    """Return the forms the language has (some files carry one more, by Django's habit)."""
    texts = texts_of(message)
    if not key_of(message)[2]:
        return texts[0]
    return (texts + (texts[-1],) * forms)[:forms]


def _message_faults(message: Message, place: str, language: str) -> Iterator[Fault]:
    _context, msgid, plural = key_of(message)
    texts = texts_of(message)
    if message.fuzzy:
        yield Fault(place, language, "marked fuzzy", msgid)
    if not all(texts):
        yield Fault(place, language, "no translation", msgid)
        return
    wanted = placeholders(msgid) | placeholders(plural)
    for text in texts:
        slots = placeholders(text)
        if slots - wanted or (not plural and wanted - slots):
            yield Fault(place, language, f"slots differ in {text!r}", msgid)


def merge(language: str, folder: Path) -> tuple[Catalog, list[Fault]]:
    """Merge all rooms' files of one language; the first translation of a message wins."""
    whole = Catalog(locale=language, fuzzy=False, charset="utf-8")
    faults: list[Fault] = []
    first: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for path in sorted((folder / language).glob("*.po"), key=lambda p: (p.name == LIBRARIES, p)):
        place = f"locale/{language}/{path.name}"
        try:
            room = read_room(path, language)
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            faults.append(Fault(place, language, "cannot be read", str(error)))
            continue
        for message in room:
            if not message.id:
                continue
            faults.extend(_message_faults(message, place, language))
            key, texts = key_of(message), texts_of(message)
            if message.fuzzy or not all(texts):
                continue
            if key not in first:
                first[key] = (place, texts)
                whole.add(message.id, _fitting(message, whole.num_plurals), context=message.context)
            elif texts[0] != first[key][1][0] and path.name != LIBRARIES:
                other, said = first[key]
                what = f"{texts[0]!r} here, {said[0]!r} in {other}"
                faults.append(Fault(place, language, what, key[1]))
    return whole, faults


def framework_messages(language: str) -> set[Key]:
    """Return what Django and the libraries translate themselves."""
    known: set[Key] = set()
    for library in ("django", "allauth", "axes"):
        spec = find_spec(library)
        root = Path(spec.origin).parent if spec and spec.origin else PACKAGE
        for path in root.rglob(f"locale/{language}/LC_MESSAGES/django.po"):
            for message in read_room(path, language):
                if message.id and all(texts_of(message)) and not message.fuzzy:
                    known.add(key_of(message))
    return known


def gaps(language: str, whole: Catalog, used: dict[Key, str]) -> list[Fault]:
    """Return the messages in use that the language lacks."""
    have = {key_of(message) for message in whole}
    wanting = {key: place for key, place in used.items() if key not in have}
    if wanting:
        known = framework_messages(language)
        wanting = {key: place for key, place in wanting.items() if key not in known}
    return [Fault(place, language, "missing", key[1]) for key, place in wanting.items()]


# ------------------------------------------------------------------ the command


def compile_all(package: Path, out: Path) -> list[Fault]:
    """Write the catalogues; return the faults of the files (not of the pages)."""
    faults: list[Fault] = []
    for language in LANGUAGES:
        whole, wrong = merge(language, package / "locale")
        faults += wrong
        target = out / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, whole)
        fresh.replace(target)
    return faults


def all_faults(package: Path = PACKAGE) -> list[Fault]:
    """Return everything wrong with the words of all rooms."""
    used = used_messages(package)
    faults: list[Fault] = []
    for language in LANGUAGES:
        whole, wrong = merge(language, package / "locale")
        faults += wrong + gaps(language, whole, used)
    return sorted(set(faults))


def default_out() -> Path:
    """Return the folder settings.LOCALE_PATHS names."""
    data = os.environ.get("QAITA_DATA_DIR") or PACKAGE.parents[1] / "var"
    return Path(data) / "locale"


def show(faults: Iterable[Fault]) -> None:
    """Print the faults, by file."""
    by_place: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_place[fault.place.partition(":")[0]].append(fault)
    for place, found in sorted(by_place.items()):
        print(f"{place} ({len(found)})")
        for fault in found:
            print(f"  {fault.language}: {fault.what}: {fault.text!r}")


def main(arguments: list[str] | None = None) -> int:
    """Compile and report."""
    parser = argparse.ArgumentParser(prog="qaita messages", description=__doc__)
    parser.add_argument("--out", type=Path, default=default_out())
    parser.add_argument("--only", default="", help="report only places that contain this word")
    parser.add_argument("--quiet", action="store_true", help="compile; report nothing")
    asked = parser.parse_args(arguments)
    compile_all(PACKAGE, asked.out)
    if asked.quiet:
        return 0
    faults = [fault for fault in all_faults() if asked.only in fault.place]
    show(faults)
    print(f"{len(faults)} faults" if faults else "all words are there")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
