"""A vector of numbers that the processor works on at once, taught to numba: `load`, `store`, `fill`, + − × ÷."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model


class Vector(types.Type):
    """So many float64 side by side."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        super().__init__(name=f"Vector{lanes}")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Vector) -> None:
        super().__init__(manager, kind, _machine_type(kind.lanes))


def _machine_type(lanes: int) -> ir.VectorType:
    return ir.VectorType(ir.DoubleType(), lanes)


def _teach(symbol: Callable[..., Any], instruction: str) -> None:
    """Let numba compile an arithmetic sign between two vectors."""

    @infer_global(symbol)
    class _Sign(AbstractTemplate):
        def generic(self, given: Any, _keywords: Any) -> Any:
            left, right = given
            return signature(left, left, right) if isinstance(left, Vector) else None

    @lower_builtin(symbol, Vector, Vector)
    def _lower(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        # "contract": a product and a sum may become one instruction, rounded once
        return getattr(builder, instruction)(*given, flags=("contract",))


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _teach(_symbol, _instruction)


@dataclass(frozen=True)
class Memory:
    """How vectors of one length come from memory, go to it, and are made of one number.

    `load(where, i)` and `store(where, i, vector)` see memory as vectors end to end.
    """

    load: Any
    store: Any
    fill: Any


def memory_of(lanes: int) -> Memory:
    """Memory seen as vectors of so many numbers."""
    vector, machine = Vector(lanes), _machine_type(lanes)
    nothing = ir.Constant(machine, ir.Undefined)
    first = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)

    def place(builder: Any, given: Any) -> Any:
        number = builder.mul(given[1], ir.Constant(ir.IntType(64), lanes))
        return builder.bitcast(builder.gep(given[0], [number]), machine.as_pointer())

    @intrinsic
    def load(_typing: Any, where: Any, _i: Any) -> Any:
        def lower(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            return builder.load(place(builder, given), align=8)

        return vector(where, types.int64), lower

    @intrinsic
    def store(_typing: Any, where: Any, _i: Any, _vector: Any) -> Any:
        def lower(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            builder.store(given[2], place(builder, given), align=8)
            return context.get_dummy_value()

        return types.void(where, types.int64, vector), lower

    @intrinsic
    def fill(_typing: Any, _number: Any) -> Any:
        def lower(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            one = builder.insert_element(nothing, given[0], ir.Constant(ir.IntType(32), 0))
            return builder.shuffle_vector(one, nothing, first)

        return vector(types.float64), lower

    return Memory(load, store, fill)
