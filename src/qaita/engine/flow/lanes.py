"""Eight numbers that are computed together: a vector type for compiled loops.

One lane is one closure. `load(a, i)` reads row i of an array of shape (rows, 8), `store` writes
it; between them + − × ÷ and comparisons work on all eight at once and become single instructions
of the processor (two where it has only half as wide registers). LLVM does not find these vectors
by itself: it cannot prove that the rows do not overlap, and knows no vector logarithm.

A product and a sum may be fused (flag `contract`), nothing is reordered: `powers` needs that.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    register_model,
)

WIDTH = 8
DOUBLE, INT, BIT = ir.DoubleType(), ir.IntType(64), ir.IntType(1)
FLAGS = ("contract",)
made_in_place: Any = intrinsic  # its own types would have callers pass the typing context


class Lanes(types.Type):
    """The type of eight numbers."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


class Mask(types.Type):
    """The type of eight answers to a comparison."""

    def __init__(self) -> None:
        super().__init__(name="Mask")


LANES, MASK = Lanes(), Mask()
VECTOR, WORDS = ir.VectorType(DOUBLE, WIDTH), ir.VectorType(INT, WIDTH)
BITS = ir.VectorType(BIT, WIDTH)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, BITS)


def _spread(builder: Any, value: Any) -> Any:
    first = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), value, INT(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(VECTOR, ir.Undefined), zeros)


def _as_lanes(context: Any, builder: Any, value: Any, kind: Any) -> Any:
    if kind == LANES:
        return value
    return _spread(builder, context.cast(builder, value, kind, types.float64))


def _is_operand(kind: Any) -> bool:
    return kind == LANES or isinstance(kind, types.Number)


def _define(function: Any, result: Any, emit: Callable[[Any, Any, Any], Any]) -> None:
    """Let an operator take two operands of which at least one is Lanes."""

    @infer_global(function)
    class _Operator(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 2 and LANES in args and all(map(_is_operand, args)):
                return signature(result, *args)
            return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        both = [_as_lanes(context, builder, a, k) for a, k in zip(args, sig.args, strict=True)]
        return emit(builder, *both)

    for pair in ((LANES, LANES), (LANES, types.Number), (types.Number, LANES)):
        lower_builtin(function, *pair)(lower)


def _define_mask(function: Any, emit: Callable[[Any, Any, Any], Any]) -> None:
    @infer_global(function)
    class _Operator(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            return signature(MASK, *args) if args == (MASK, MASK) else None

    @lower_builtin(function, MASK, MASK)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *args)


_define(operator.add, LANES, lambda b, x, y: b.fadd(x, y, flags=FLAGS))
_define(operator.sub, LANES, lambda b, x, y: b.fsub(x, y, flags=FLAGS))
_define(operator.mul, LANES, lambda b, x, y: b.fmul(x, y, flags=FLAGS))
_define(operator.truediv, LANES, lambda b, x, y: b.fdiv(x, y))
_define(operator.lt, MASK, lambda b, x, y: b.fcmp_ordered("<", x, y))
_define(operator.le, MASK, lambda b, x, y: b.fcmp_ordered("<=", x, y))
_define(operator.gt, MASK, lambda b, x, y: b.fcmp_ordered(">", x, y))
_define(operator.ge, MASK, lambda b, x, y: b.fcmp_ordered(">=", x, y))
_define(operator.eq, MASK, lambda b, x, y: b.fcmp_ordered("==", x, y))
_define_mask(operator.and_, lambda b, x, y: b.and_(x, y))
_define_mask(operator.or_, lambda b, x, y: b.or_(x, y))


def _address(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    start = cgutils.create_struct_proxy(kind)(context, builder, value=array).data
    first = builder.gep(start, [builder.mul(row, INT(WIDTH))])
    return builder.bitcast(first, VECTOR.as_pointer())


@made_in_place
def load(typing: Any, array: Any, row: Any) -> Any:
    """Return row `row` of a C-contiguous array of float64 of shape (rows, 8)."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_address(context, builder, sig.args[0], *args), align=8)

    return signature(LANES, array, types.int64), emit


@made_in_place
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write eight numbers to row `row` of an array of shape (rows, 8)."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _address(context, builder, sig.args[0], args[0], args[1])
        builder.store(args[2], place, align=8)
        return context.get_dummy_value()

    return signature(types.void, array, types.int64, LANES), emit


@made_in_place
def spread(typing: Any, value: Any) -> Any:
    """Return the same number eight times."""
    return signature(LANES, types.float64), lambda context, builder, sig, args: _spread(
        builder, args[0]
    )


@made_in_place
def choose(typing: Any, mask: Any, yes: Any, no: Any) -> Any:
    """Return `yes` in the lanes where the mask holds, `no` in the others."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        both = [
            _as_lanes(context, builder, a, k) for a, k in zip(args[1:], sig.args[1:], strict=True)
        ]
        return builder.select(args[0], *both)

    return signature(LANES, MASK, yes, no), emit


@made_in_place
def some(typing: Any, mask: Any) -> Any:
    """Tell whether the mask holds in any lane."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        packed = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", packed, ir.Constant(ir.IntType(WIDTH), 0))

    return signature(types.boolean, MASK), emit


@made_in_place
def magnitude(typing: Any, value: Any) -> Any:
    """Return the eight absolute values."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(VECTOR, [VECTOR])
        name = f"llvm.fabs.v{WIDTH}f64"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)

    return signature(LANES, LANES), emit
