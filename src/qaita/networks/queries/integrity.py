"""Do the rows of sections still say what history says of their birth."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from qaita.ledger.leaves import facts_of
from qaita.ledger.models import Entry
from qaita.networks.models import Import, Section
from qaita.networks.queries.sections import DIGEST_FIELDS, row_digest

CHUNK = 5_000


def changed_blocks(load: Import, facts: Mapping[str, Any]) -> list[int]:
    """Return the blocks of an import's sections that differ from what the ledger's entry says."""
    rows = Section.objects.filter(source=load, network=load.network).order_by("pk")
    stored = rows.values_list(*DIGEST_FIELDS).iterator(chunk_size=CHUNK)
    size, told = int(facts["block_rows"]), list(facts["digests"])
    found = []
    while block := list(islice(stored, size)):
        found.append(row_digest(block))
    count = max(len(told), len(found))
    told += [""] * (count - len(told))
    found += [""] * (count - len(found))
    return [i for i in range(count) if told[i] != found[i]]


def changed_sections() -> Iterator[tuple[str, str]]:
    """Yield the code and the reason of whatever was changed behind the application."""
    loads = {load.code: load for load in Import.objects.filter(state="loaded").defer("carried")}
    entries = Entry.objects.filter(kind__in=("import.load", "section.born")).order_by("id")
    for entry in entries.iterator(chunk_size=500):
        facts = facts_of(entry)
        if entry.kind == "section.born":
            yield from _changed_heir(entry.code, facts["digest"])
        elif entry.code in loads:
            size = facts["block_rows"]
            for block in changed_blocks(loads[entry.code], facts):
                rows = f"{block * size + 1} to {(block + 1) * size}"
                yield entry.code, f"one of its sections {rows} differs from history"


def _changed_heir(code: str, digest: str) -> Iterator[tuple[str, str]]:
    rows = list(Section.objects.filter(code=code).values_list(*DIGEST_FIELDS))
    if row_digest(rows) != digest:
        yield code, "the section differs from history" if rows else "the section is gone"
