"""Wear of networks by service and region, for maps and tables."""

from collections import defaultdict
from datetime import date

from qaita.networks.queries.overview import RegionLength, lengths_by_region


def wear_by_region(on: date) -> dict[str, dict[str, RegionLength]]:
    """Return service → region → how long the networks are and how much is past its norm life."""
    found: dict[str, dict[str, RegionLength]] = defaultdict(dict)
    for row in lengths_by_region(on):
        found[row.service][row.region_kato] = row
    return found
