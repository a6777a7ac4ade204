"""Wear of networks by service and region, for maps and tables."""

from collections import defaultdict
from datetime import date

from qaita.kernel.remembering import asked_once
from qaita.networks.queries import wear_by_region_and_service
from qaita.networks.queries.wear import WearFigures


@asked_once
def wear_by_region(on: date) -> dict[str, dict[str, WearFigures]]:
    """Return service → region → both wears of its networks."""
    found: dict[str, dict[str, WearFigures]] = defaultdict(dict)
    for (kato, service), row in wear_by_region_and_service(on).items():
        found[service][kato] = row
    return found
