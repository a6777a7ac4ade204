"""What meters counted in a month, in whole base units."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qaita.turmys.lake import Readings

UNITS = {"water": "l", "wastewater": "l", "gas": "l", "power": "Wh", "heat": "kJ"}


@dataclass(frozen=True)
class Used:
    """What a meter counted between two instants; `is_known` is False when it was silent."""

    value: int
    is_known: bool


def used_between(readings: Readings, rollovers: Mapping[int, int], until: int) -> dict[int, Used]:
    """Return for each meter what it counted from its first reading to its last up to `until`.

    The first reading is the one nearest before the month (the caller asks the lake from there).
    A step backwards is a dial that turned over when the meter has a turning point, else it is
    left out: a changed meter never makes negative use.
    """
    found: dict[int, Used] = {}
    keep = readings.ts <= until
    meter, value = readings.meter_id[keep], readings.val[keep]
    edges = np.flatnonzero(np.diff(meter, prepend=-1, append=-1))
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        key = int(meter[start])
        steps = np.diff(value[start:end])
        turn = rollovers.get(key, 0)
        steps = np.where(steps < 0, steps + turn if turn else 0, steps)
        found[key] = Used(int(steps.sum()), end - start > 1)
    return found


def from_last_before(readings: Readings, since: int) -> Readings:
    """Drop what lies before each meter's last reading at or before `since`."""
    later = np.ones(len(readings.ts), bool)
    before = readings.ts <= since
    # a reading before `since` is dropped when the same meter has another one not after `since`
    later[:-1] = ~(before[:-1] & before[1:] & (readings.meter_id[:-1] == readings.meter_id[1:]))
    return Readings(readings.meter_id[later], readings.ts[later], readings.val[later])
