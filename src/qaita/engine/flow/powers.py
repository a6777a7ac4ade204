"""Powers and logarithms of eight numbers at once, good to about 1e-13 of the value.

A number is split into 2^e · m with m between 1 and 2. log2 m comes from the series of the area
hyperbolic tangent of s = (m − √2) / (m + √2); 2^y from Taylor's series about the nearest whole
number (Abramowitz and Stegun, Handbook of Mathematical Functions, 4.1.27 and 4.2.1). Whole
numbers are found without leaving the floating registers, by adding and taking away a large
number; that is why nothing here may be reordered.
"""

import math
from typing import Any

from llvmlite import ir
from numba.core.typing.templates import signature

from qaita.engine.flow.compiling import inner
from qaita.engine.flow.lanes import LANES, VECTOR, WIDTH, WORDS, choose, made_in_place, magnitude

MANTISSA, ONE = 0x000FFFFFFFFFFFFF, 0x3FF0000000000000
BIG = 0x4330000000000000  # 2^52: its last bits count whole numbers
BIAS = 2.0**52 + 1023.0
ROUND = 6755399441055744.0  # 1.5 · 2^52
LN2 = math.log(2.0)
ROOT2 = math.sqrt(2.0)
ARTANH = tuple(2.0 / LN2 / d for d in (13, 11, 9, 7, 5, 3, 1))
TAYLOR = tuple(1.0 / math.factorial(d) for d in range(11, -1, -1))
A13, A11, A9, A7, A5, A3, A1 = ARTANH
T11, T10, T9, T8, T7, T6, T5, T4, T3, T2, T1, T0 = TAYLOR
TINY = 1e-290


def _words(value: int) -> Any:
    return ir.Constant(WORDS, [value] * WIDTH)


@made_in_place
def _exponent(typing: Any, value: Any) -> Any:
    """Return e of 2^e · m for positive normal numbers."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.lshr(builder.bitcast(args[0], WORDS), _words(52))
        whole = builder.bitcast(builder.or_(bits, _words(BIG)), VECTOR)
        return builder.fsub(whole, ir.Constant(VECTOR, [BIAS] * WIDTH))

    return signature(LANES, LANES), emit


@made_in_place
def _mantissa(typing: Any, value: Any) -> Any:
    """Return m of 2^e · m, 1 ≤ m < 2."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.and_(builder.bitcast(args[0], WORDS), _words(MANTISSA))
        return builder.bitcast(builder.or_(bits, _words(ONE)), VECTOR)

    return signature(LANES, LANES), emit


@made_in_place
def _times_two_to(typing: Any, value: Any, rounded: Any) -> Any:
    """Return value · 2^n for n held as n + ROUND."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        shift = builder.shl(builder.bitcast(args[1], WORDS), _words(52))
        return builder.bitcast(builder.add(builder.bitcast(args[0], WORDS), shift), VECTOR)

    return signature(LANES, LANES, LANES), emit


@inner
def log2(x: Any) -> Any:
    """Return the binary logarithms of eight positive numbers."""
    m = _mantissa(x)
    s = (m - ROOT2) / (m + ROOT2)
    z = s * s
    series = (((((A13 * z + A11) * z + A9) * z + A7) * z + A5) * z + A3) * z + A1
    return series * s + (_exponent(x) + 0.5)


@inner
def exp2(y: Any) -> Any:
    """Return 2^y for eight numbers between −1000 and 1000."""
    rounded = y + ROUND
    f = (y - (rounded - ROUND)) * LN2
    series = ((((T11 * f + T10) * f + T9) * f + T8) * f + T7) * f + T6
    series = (((((series * f + T5) * f + T4) * f + T3) * f + T2) * f + T1) * f + T0
    return _times_two_to(series, rounded)


@inner
def power(x: Any, exponent: Any) -> Any:
    """Return |x|^exponent for eight numbers; 0 counts as 1e-290."""
    size = magnitude(x)
    return exp2(log2(choose(size > TINY, size, TINY)) * exponent)
