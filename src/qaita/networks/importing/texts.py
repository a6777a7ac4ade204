"""Reading text files line by line, within bounds."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.options import Limits
from qaita.networks.importing.rules import one_fault


def lines_of(path: Path, *, encoding: str, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their numbers; raise the fault that stops the reading."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise FaultyNetwork(one_fault("file", "not_utf8", value=encoding)) from None
    if path.stat().st_size > limits.text_bytes:
        raise FaultyNetwork(one_fault("file", "too_big"))
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.line_bytes + 1):
            number += 1
            if len(line) > limits.line_bytes:
                raise FaultyNetwork(one_fault("file", "long_line", number))
            if number > limits.rows * 4:
                raise FaultyNetwork(one_fault("file", "too_many_rows", number))
            yield number, decoded(line, number, encoding)


def decoded(line: bytes, number: int, encoding: str) -> str:
    """Return the text of a line, or raise the fault."""
    if b"\0" in line:
        raise FaultyNetwork(one_fault("file", "nul_bytes", number))
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        example = line[max(0, error.start - 10) : error.start + 20]
        shown = example.decode("ascii", "replace")
        raise FaultyNetwork(one_fault("file", "not_utf8", number, shown)) from None
    return text.removeprefix("\ufeff") if number == 1 else text
