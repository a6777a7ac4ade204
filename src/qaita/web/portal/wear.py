"""Wear of networks by service and region, for maps and tables."""

from datetime import date


def wear_by_region(on: date) -> dict[str, dict[str, float]]:
    """Return service → region → share of length past its norm life."""
    return {}
