"""Python compiled to machine code by numba, and the sort that the kernel rests on."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
Array = npt.NDArray[Any]


def compiled(function: F) -> F:
    """The function compiled, without holding Python's lock, and kept on disk for the next process."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


@compiled
def sort_by_code(
    code: Array,
    codes: int,
    start: Array,
    place: Array,
) -> None:
    """Places of the codes in order, stable, and where each code begins; negative codes fall away."""
    for item in range(code.size):
        if code[item] >= 0:
            start[code[item] + 1] += 1
    for item in range(codes):
        start[item + 1] += start[item]
    filled = start[:-1].copy()
    for item in range(code.size):
        own = code[item]
        if own >= 0:
            place[filled[own]] = item
            filled[own] += 1
