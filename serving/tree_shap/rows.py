"""Rows shared among threads that are kept: to start one takes as long as to score hundreds of rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hearth.cores import core_count

Found = TypeVar("Found")


def in_threads(
    task: Callable[[NDArray[np.float64]], Found], rows: NDArray[np.float64], each: int
) -> list[Found]:
    """What a task finds of parts of the rows, in their order; a part has about as many rows as `each` says.

    The calling thread takes its share.
    """
    if len(rows) < 2 * each:
        return [task(rows)]
    parts = np.array_split(rows, len(rows) // each)
    threads = min(core_count(), len(parts))
    others = [_pool().submit(_share, task, parts[i::threads]) for i in range(1, threads)]
    shares = [_share(task, parts[::threads]), *(other.result() for other in others)]
    return [shares[k % threads][k // threads] for k in range(len(parts))]


def _share(
    task: Callable[[NDArray[np.float64]], Found], parts: list[NDArray[np.float64]]
) -> list[Found]:
    return [task(part) for part in parts]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(core_count(), "rows")
