"""Where each network lies: the middle of its nodes, kept in memory while its sections stay."""

from collections.abc import Collection
from datetime import date

from django.db.models import Avg

from qaita.networks.models import Node
from qaita.networks.queries.totals import totals_by_network

Middle = tuple[float, float]  # degrees east, degrees north

_kept: dict[int, tuple[int, Middle]] = {}  # network → the look it was reckoned at, the middle


def middles_of_networks(on: date) -> dict[int, Middle]:
    """Return the middle of every network with living sections, by its row key; degrees."""
    looks = {key: row["look"] for key, row in totals_by_network(on).items()}
    anew = [key for key, look in looks.items() if _kept.get(key, (None,))[0] != look]
    for key, middle in _ask(anew).items():
        _kept[key] = (looks[key], middle)
    return {key: _kept[key][1] for key in looks if key in _kept}


def _ask(networks: Collection[int]) -> dict[int, Middle]:
    if not networks:
        return {}
    nodes = Node.objects.filter(network__in=networks).order_by().values("network")
    rows = nodes.annotate(lon=Avg("lon_deg"), lat=Avg("lat_deg"))
    return {row["network"]: (row["lon"], row["lat"]) for row in rows}
