"""Head loss of eight flows at once: Newton's coefficients of a pipe.

For a link with head loss h(q) and slope h' a step of Newton's method gives the flow p·ΔH − y with
p = 1 / h', y = h / h' − q (Todini and Pilati, global gradient algorithm, 1987). Below a least
slope a pipe counts as linear, as in EPANET, so that still water does not divide by nothing.
"""

import math
from typing import Any

from qaita.engine.flow.compiling import inner
from qaita.engine.flow.lanes import choose, magnitude, spread
from qaita.engine.flow.powers import log2, power

LEAST_SLOPE = 1e-5  # s/m²
HW = 1.852
LN10, LN2 = math.log(10.0), math.log(2.0)
LAMINAR, TURBULENT = 2000.0, 4000.0
AT_TURBULENT = 5.74 / TURBULENT**0.9


@inner
def hazen_williams(q: Any, r: float, minor: float) -> Any:
    """H = r·|q|^0.852·q + minor·|q|·q; r in s^1.852/m^4.556, minor in s²/m⁵, q in m³/s."""
    size = magnitude(q)
    t = power(q, spread(HW - 1.0)) * r
    slope = t * HW + size * (2.0 * minor)
    loss = t + size * minor
    flat = slope < LEAST_SLOPE
    p = 1.0 / choose(flat, LEAST_SLOPE / HW, slope)
    return p, choose(flat, 0.0, (loss * p - 1.0) * q)


@inner
def quadratic(q: Any, r: float, minor: float) -> Any:
    """H = (r + minor)·|q|·q; both in s²/m⁵."""
    slope = magnitude(q) * (2.0 * (r + minor))
    flat = slope < LEAST_SLOPE
    p = 1.0 / choose(flat, LEAST_SLOPE / 2.0, slope)
    return p, choose(flat, 0.0, q * -0.5)


@inner
def darcy_weisbach(q: Any, r: float, minor: float, rough: float, reynolds: float) -> Any:
    """H = f·r·|q|·q + minor·|q|·q with f by the Reynolds number |q|·reynolds.

    Laminar to 2000, Swamee and Jain (J. Hydr. Div. ASCE 102, 1976) from 4000, Dunlop's cubic
    between (EPANET 2.2 manual, section 12.1).
    """
    size = magnitude(q)
    re = size * reynolds
    f, df = _swamee_jain(re, rough)
    between, slope_between = _dunlop(re, rough)
    mid = re < TURBULENT
    f, df = choose(mid, between, f), choose(mid, slope_between, df)
    turbulent = (f * r + minor) * size
    slope = turbulent * 2.0 + df * reynolds * r * size * size
    still = 64.0 * r / reynolds
    laminar = re < LAMINAR
    loss = choose(laminar, size * minor + still, turbulent)
    slope = choose(laminar, size * (2.0 * minor) + still, slope)
    flat = slope < LEAST_SLOPE
    p = 1.0 / choose(flat, LEAST_SLOPE, slope)
    return p, choose(flat, 0.0, (loss * p - 1.0) * q)


@inner
def _swamee_jain(re: Any, rough: float) -> Any:
    """F = 0.25 / log10(ε/3.7 + 5.74/Re^0.9)², and its slope by Re."""
    known = choose(re < LAMINAR, LAMINAR, re)
    swirl = 5.74 * power(known, spread(-0.9))
    y = swirl + rough / 3.7
    log10 = log2(y) * (LN2 / LN10)
    f = 0.25 / (log10 * log10)
    return f, (0.9 * 2.0 / LN10) * f * swirl / (y * log10 * known)


@inner
def _dunlop(re: Any, rough: float) -> Any:
    """The cubic in Re/2000 that joins the laminar to the turbulent f smoothly, and its slope."""
    y2 = rough / 3.7 + AT_TURBULENT
    y3 = -2.0 / LN10 * math.log(y2)
    fa = 1.0 / (y3 * y3)
    fb = (2.0 - 3.6 / LN10 * AT_TURBULENT / (y2 * y3)) * fa
    x = re * (1.0 / LAMINAR)
    x1, x2 = 7.0 * fa - fb, 0.128 - 17.0 * fa + 2.5 * fb
    x3, x4 = -0.128 + 13.0 * fa - 2.0 * fb, 0.032 - 3.0 * fa + 0.5 * fb
    f = ((x * x4 + x3) * x + x2) * x + x1
    return f, ((x * (3.0 * x4) + 2.0 * x3) * x + x2) * (1.0 / LAMINAR)
