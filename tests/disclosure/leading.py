"""Reads a page for figures that lead nowhere.

A figure is a big number (`.q-num`, made by the tag `figure`) or an amount of money, a length or a
share in the text. It must be a link, or stand in a row: a cell of a table, a drawing with its
table, the line of a thing that is linked there, or an element that names its row in `data-row`.
Names of things (headings, quoted words) are no figures.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

AMOUNT = re.compile(r"\d[\d\s.,\u00a0\u202f]*(?:(?:bn|mln|trn|k)\s)?(?:₸|%|km\b|m\b)")
VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "path", "use", "circle", "source"}
ROWS = {"td", "th", "svg", "option", "code", "pre"}
NAMES = {"h1", "h2", "h3", "title", "label", "button"}


@dataclass
class Element:
    """An open element: what is asked of it later."""

    tag: str
    attributes: dict[str, str]
    has_link: bool = False

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def is_row(self) -> bool:
        """Tell whether figures inside are the fields of one row, or drawn with their table."""
        quoted = self.attributes.get("lang") == ""
        drawn = {"q-chart", "q-legend"} & set(self.classes)
        marked = "data-row" in self.attributes or bool(drawn)
        return self.tag in ROWS | NAMES or quoted or marked


@dataclass
class Found:
    """What stands on a page."""

    ids: set[str] = field(default_factory=set)
    figures: list[tuple[str, str]] = field(default_factory=list)  # value and where it leads
    heights: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)  # other words with a number, linked
    loose: list[str] = field(default_factory=list)  # amounts that lead nowhere


class Reader(HTMLParser):
    """Walks a page once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.found = Found()
        self.waiting: list[tuple[str, list[Element]]] = []
        self.big: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if "id" in element.attributes:
            self.found.ids.add(element.attributes["id"])
        if tag not in VOID:
            self.open.append(element)
        if tag == "a" and element.attributes.get("href"):
            for one in self.open:
                one.has_link = True
            if "q-height" in element.classes:
                self.found.heights.append(element.attributes["href"])
        if "q-num" in element.classes:
            self.big = element
            self.found.figures.append(("", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while any(one.tag == tag for one in self.open):
            closed = self.open.pop()
            if closed is self.big:
                self.big = None
            if closed.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.big is not None:
            value, url = self.found.figures[-1]
            links = [one.attributes.get("href", "") for one in self.open if one.tag == "a"]
            self.found.figures[-1] = (value + data, url or "".join(links))
            return
        inside = {one.tag for one in self.open}
        if "main" not in inside or "script" in inside:
            return
        if "a" in inside:
            url = next(one.attributes.get("href", "") for one in self.open if one.tag == "a")
            self.found.told += [(data, url)] if re.search(r"[1-9]", data) else []
            return
        self.waiting += [(amount, list(self.open)) for amount in AMOUNT.findall(data)]

    def close(self) -> None:
        """Judge what waited for its line to end: a line that leads to its thing is a row."""
        super().close()
        for amount, around in self.waiting:
            in_row = any(one.is_row or (one.tag == "li" and one.has_link) for one in around)
            if not in_row:
                place = " > ".join(f"{one.tag}.{'.'.join(one.classes)}" for one in around[-3:])
                self.found.loose.append(f"{amount.strip()} in {place}")


def read_figures(page: str) -> Found:
    """Return the figures of a page and where they lead."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.found


def faults_of(page: str) -> list[str]:
    """Return the figures of a page that lead nowhere, links to its own missing parts included."""
    found = read_figures(page)
    unlinked = [f"{value.strip()}: no link" for value, url in found.figures if not url]
    dangling = [
        f"{value.strip()}: {url} is not on the page"
        for value, url in found.figures
        if url.startswith("#") and url[1:] not in found.ids
    ]
    return unlinked + dangling + found.loose
