"""A pressure network as arrays, what is asked of it, and what is answered. SI: m, m³/s, seconds."""

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = Floats | np.float64
Ints = NDArray[np.int32]
Kinds = NDArray[np.int8]
Flags = NDArray[np.bool_]

# kinds of link
PIPE, CHECK, PUMP, POWER_PUMP, PRV = 0, 1, 2, 3, 4
PSV, FCV, PBV, GPV, CURVE_PUMP = 5, 6, 7, 8, 9
KINDS = (PIPE, CHECK, PUMP, POWER_PUMP, PRV, PSV, FCV, PBV, GPV, CURVE_PUMP)
ONE_WAY = (CHECK, PUMP, POWER_PUMP, PRV, PSV, CURVE_PUMP)  # let flow pass from → to only
# laws of head loss in pipes
HAZEN_WILLIAMS, DARCY_WEISBACH, QUADRATIC = 0, 1, 2
# how a figure was come by
GRAPH, REGION, WHOLE = 0, 1, 2
GRAVITY = 32.2 * 0.3048  # m/s², as EPANET takes it
VISCOSITY = 1.1e-5 * 0.3048**2  # m²/s, water at 20 °C, as EPANET 2.2 takes it
GENTLE_M_S = 0.3048  # the speed from which a pipe's flow is first guessed


def _no_curves() -> Ints:
    return np.zeros(1, np.int32)


def _no_points() -> Floats:
    return np.zeros((0, 2))


@dataclass(frozen=True)
class Network:
    """n nodes, m links. A node with a head (not NaN) is a source; the others are junctions.

    What `r` and `param` mean depends on the kind of link; head loss h for flow q (m³/s):

    * PIPE, CHECK (flows only from → to): h = r·q^1.852, or f(Re)·r·q², or r·q², by `law`, plus
      minor·q². param: relative roughness, Re per flow (s/m³; both for DARCY_WEISBACH), first guess
      of the flow.
    * PUMP: gain = param₀ − param₁·q^param₂. POWER_PUMP: gain = param₀ / q.
    * PRV: holds the head behind it at param₀ where it would be higher; minor·q² when open.
    * PSV: holds the head before it at param₀ where it would be lower; minor·q² when open.
    * FCV: lets at most param₀ (m³/s) through; minor·q² below that and backwards.
    * PBV: loses param₀ (m), or minor·q² where that is more.
    * GPV: loses what curve number param₀ says. CURVE_PUMP: gains what curve number param₀ says,
      at param₁ of its speed (affinity laws). Curves are straight between points and beyond.
    """

    from_node: Ints  # (m,)
    to_node: Ints  # (m,)
    kind: Kinds  # (m,)
    r: Floats  # (m,)
    minor: Floats  # (m,) s²/m⁵
    param: Floats  # (m, 3)
    is_open: Flags  # (m,)
    elevation_m: Floats  # (n,)
    head_m: Floats  # (n,) NaN: junction
    demand_m3s: Floats  # (n,) of sources not used
    law: int = HAZEN_WILLIAMS
    curve_starts: Ints = field(default_factory=_no_curves)  # (c + 1,)
    # (…, 2): flow (m³/s), rising, and head (m); curve i has starts[i] … starts[i+1] − 1
    curve_points: Floats = field(default_factory=_no_points)

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.elevation_m)

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.from_node)


@dataclass(frozen=True)
class Service:
    """What pressure a consumer gets water at: none below `least_m`, all from `full_m` on.

    Between them the supply is demand · ((p − least) / (full − least))^exponent (Wagner, Shamir
    and Marks, J. Water Resour. Plann. Manage. 114, 1988); EPANET names it Pmin, Preq, Pexp.
    """

    least_m: float = 0.0
    full_m: float = 20.0
    exponent: float = 0.5


@dataclass(frozen=True)
class State:
    """A network at rest: flows of links, heads (NaN where no source reaches) and supply of nodes.

    `residual` is the last change of flows and supply over their sum, `iterations` the steps taken.
    """

    flow_m3s: Floats  # (m,) from → to
    head_m: Floats  # (n,)
    supplied_m3s: Floats  # (n,)
    residual: float
    iterations: int
    converged: bool


@dataclass(frozen=True)
class Losses:
    """What each of k closed links takes from whom.

    Nodes that no source reaches with all links open are nobody's loss and left out.
    Closure i leaves node[j] short by lost_m3s[j] for j in starts[i] … starts[i+1] − 1. `total`
    counts all it leaves short, `added` what it takes beyond what is short with all links open.
    `bound_m3s` is how far `total` may be from the whole network's solution: 0 for exact ones, the
    last change for the whole network, and 0.001 of all demand for regions, which is what they are
    tested to keep (and stay far below), not proven for every network.
    """

    link: Ints  # (k,)
    starts: NDArray[np.int64]  # (k + 1,)
    node: Ints  # (starts[-1],)
    lost_m3s: Floats  # (starts[-1],)
    total_m3s: Floats  # (k,)
    added_m3s: Floats  # (k,)
    method: Kinds  # (k,) GRAPH, REGION or WHOLE
    bound_m3s: Floats  # (k,)
    converged: Flags  # (k,)


def hazen_williams(length_m: Numbers, diameter_m: Numbers, factor: Numbers) -> Floats:
    """Return r of pipes for factors C (−): h = 10.667·L·C^−1.852·d^−4.871·q^1.852.

    The constant is 4.727 in feet and cubic feet a second, as in EPANET's manual, table 3.1.
    """
    foot = 0.3048
    feet = 4.727 * (length_m / foot) / factor**1.852 / (diameter_m / foot) ** 4.871
    return np.asarray(feet * foot / foot ** (3 * 1.852))


def darcy_weisbach(
    length_m: Numbers,
    diameter_m: Numbers,
    roughness_m: Numbers | float,
    *,
    viscosity: float = VISCOSITY,
) -> tuple[Numbers, ...]:
    """Return r, relative roughness and Re per flow: h = f(Re)·r·q², r = 8·L / (g·π²·d⁵)."""
    r = 8.0 * length_m / (GRAVITY * np.pi**2 * diameter_m**5)
    return r, roughness_m / diameter_m, 4.0 / (np.pi * diameter_m * viscosity)


def manning(length_m: Numbers, diameter_m: Numbers, n: Numbers) -> Floats:
    """Return r of full round pipes by Manning's n: h = 10.29·n²·L·d^−5.333·q²."""
    foot = 0.3048
    wide = diameter_m / foot
    feet = (4.0 * n / (1.49 * np.pi * wide**2)) ** 2 * (wide / 4.0) ** -1.333 * (length_m / foot)
    return np.asarray(feet * foot / foot**6)


def minor_loss(coefficient: Numbers, diameter_m: Numbers) -> Floats:
    """Return s²/m⁵ of local losses K: h = K·v²/2g = K·8 / (g·π²·d⁴)·q²."""
    return np.asarray(coefficient * 8.0 / (GRAVITY * np.pi**2 * diameter_m**4))


def gentle_flow(diameter_m: Numbers) -> Floats:
    """Return the flow (m³/s) from which a pipe is first tried: one foot a second."""
    return np.asarray(np.pi / 4.0 * diameter_m**2 * GENTLE_M_S)


def check_network(net: Network) -> None:
    """Refuse arrays that do not fit together or hold what no network has (ValueError)."""
    m, n = net.links, net.nodes
    if any(len(x) != m for x in (net.to_node, net.kind, net.r, net.minor, net.param, net.is_open)):
        raise ValueError("the arrays of links differ in length")
    if len(net.head_m) != n or len(net.demand_m3s) != n:
        raise ValueError("the arrays of nodes differ in length")
    ends = np.concatenate([net.from_node, net.to_node])
    if m and (ends.min() < 0 or ends.max() >= n):
        raise ValueError("a link ends at a node that does not exist")
    if np.isnan(net.head_m).all():
        raise ValueError("no node has a given head: nothing feeds the network")
    _check_values(net)


def _check_values(net: Network) -> None:
    numbers = (net.r, net.minor, net.param, net.elevation_m, net.demand_m3s)
    if not all(np.isfinite(x).all() for x in numbers) or np.isinf(net.head_m).any():
        raise ValueError("a value is not a number")
    if (net.demand_m3s < 0).any() or (net.r < 0).any() or (net.minor < 0).any():
        raise ValueError("demands and resistances are not below 0")
    if not np.isin(net.kind, KINDS).all():
        raise ValueError("an unknown kind of link")
    _check_curves(net)
    if ((net.kind <= CHECK) & (net.r + net.minor <= 0)).any():
        raise ValueError("a pipe without resistance")


def _check_curves(net: Network) -> None:
    starts, points = net.curve_starts, net.curve_points
    if len(starts) < 1 or starts[0] != 0 or starts[-1] != len(points):
        raise ValueError("the points of curves do not go with their starts")
    asked = net.param[np.isin(net.kind, (GPV, CURVE_PUMP)), 0]
    if len(asked) and (asked.min() < 0 or asked.max() >= len(starts) - 1):
        raise ValueError("a link follows a curve that does not exist")
    for first, end in itertools.pairwise(starts.tolist()):
        if end - first < 2 or not np.isfinite(points[first:end]).all():
            raise ValueError("a curve has fewer than two points")
        if not (np.diff(points[first:end, 0]) > 0).all():
            raise ValueError("the flows of a curve do not rise")


def check_service(svc: Service) -> None:
    """Refuse pressures that make no sense (ValueError)."""
    if not svc.full_m > svc.least_m or not 0.1 <= svc.exponent <= 5.0:
        raise ValueError("full pressure must be above least pressure, the exponent 0.1 to 5")
