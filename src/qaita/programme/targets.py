"""Reads the published figures of the programme."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qaita.programme.models import Target
from qaita.territory.models import Region

NO_NOTE = {"kk": "", "ru": "", "en": ""}


@cache
def _file() -> dict[str, Any]:
    text = (Path(__file__).parent / "published.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def published_targets() -> Iterator[Target]:
    """Return every published figure as a row that is not stored yet."""
    raw = _file()
    regions = Region.objects.in_bulk(field_name="kato")
    for key, row in raw["figures"].items():
        indicator, kind, service, year, value, unit, source = row[:7]
        note = raw["notes"][row[7]] if len(row) > 7 else NO_NOTE
        where = raw["sources"][source]
        dated: date = where["dated"]
        yield Target(
            key=key,
            indicator=indicator,
            kind=kind,
            service=service,
            region=regions[row[8]] if len(row) > 8 else None,
            year=year,
            value=value,
            unit=unit,
            source_key=source,
            source_url=where["url"],
            dated_on=dated,
            dated_precision=where["precision"],
            note_kk=note["kk"],
            note_ru=note["ru"],
            note_en=note["en"],
        )
