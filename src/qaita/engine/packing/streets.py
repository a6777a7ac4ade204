"""Streets: which section goes straight on into which, and the runs of wanted ones along them.

A section has two ends: end 2·i is where it leaves its first node, 2·i + 1 where it leaves its last
one. Two ends at a node belong together when one is the straight continuation of the other: both
ends of a plain node; at a junction of three or more the pairs that turn least, and by no more than
TURN. So every end has at most one continuation, and the network falls into paths and rings.
"""

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled, inner

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TURN = np.pi / 4  # a street that turns more at a junction is another street
PLAIN = 2  # ends at a node that is no junction


def ends_by_node(from_node: Ints, to_node: Ints) -> tuple[Ints, Ints]:
    """Return the ends at each node: `ends[start[n]:start[n + 1]]`, in the order of the sections."""
    node = np.stack([from_node, to_node], axis=1).ravel()
    count = int(node.max(initial=-1)) + 1
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(node, minlength=count), out=start[1:])
    return start, np.argsort(node, kind="stable")


@compiled()
def continuations(start: Ints, ends: Ints, bearing: Floats) -> Ints:
    """Return the end that goes on from each end, or −1. `bearing` (2·sections): radians."""
    goes_on = np.full(len(bearing), -1, np.int64)
    for node in range(len(start) - 1):
        here = ends[start[node] : start[node + 1]]
        if len(here) == PLAIN:
            _pair(here[0], here[1], goes_on)
        elif len(here) > PLAIN:
            _pair_straight(here, bearing, goes_on)
    return goes_on


@inner
def _pair(a: int, b: int, goes_on: Ints) -> None:
    if a // 2 != b // 2:  # a loop does not go on into itself
        goes_on[a], goes_on[b] = b, a


@inner
def _pair_straight(here: Ints, bearing: Floats, goes_on: Ints) -> None:
    """Pair the ends that turn least, the straightest first."""
    for _ in range(len(here) // 2):
        best_turn, best_a, best_b = TURN, -1, -1
        for i in range(len(here)):
            for j in range(i + 1, len(here)):
                a, b = here[i], here[j]
                if goes_on[a] >= 0 or goes_on[b] >= 0 or a // 2 == b // 2:
                    continue
                turn = _turn(bearing[a], bearing[b])
                if turn < best_turn:
                    best_turn, best_a, best_b = turn, a, b
        if best_a < 0:
            return
        _pair(best_a, best_b, goes_on)


@inner
def _turn(a: float, b: float) -> float:
    """Return by how much one turns who comes along one end and leaves along the other."""
    return abs(np.pi - abs(a - b) % (2 * np.pi))


@compiled()
def runs_along(goes_on: Ints, wanted: Flags) -> tuple[Ints, Ints]:
    """Return the wanted sections run by run along their streets, and where each run begins.

    A run ends where the street ends or its next section is not wanted.
    """
    count = 0
    for i in range(len(wanted)):
        count += wanted[i]
    order, begins = np.empty(count, np.int64), np.empty(count + 1, np.int64)
    seen = np.zeros(len(wanted), np.bool_)
    filled, runs = 0, 0
    for i in range(len(wanted)):
        if not wanted[i] or seen[i]:
            continue
        begins[runs] = filled
        runs += 1
        leaving = _first_end(2 * i, goes_on, wanted)
        while leaving >= 0 and not seen[leaving // 2]:
            seen[leaving // 2] = True
            order[filled] = leaving // 2
            filled += 1
            leaving = _next_end(leaving, goes_on, wanted)
    begins[runs] = filled
    return order, begins[: runs + 1]


@inner
def _next_end(end: int, goes_on: Ints, wanted: Flags) -> int:
    """Return the end of the next section, from which one who came along leaves its first node."""
    following = int(goes_on[end ^ 1])
    if following < 0 or not wanted[following // 2]:
        return -1
    return following


@inner
def _first_end(end: int, goes_on: Ints, wanted: Flags) -> int:
    """Walk back to where the run begins; in a ring, to where it came from."""
    at = end
    while True:
        before = goes_on[at]
        if before < 0 or not wanted[before // 2]:
            return at
        at = before ^ 1
        if at == end:
            return end
