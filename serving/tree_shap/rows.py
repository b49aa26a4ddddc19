"""Rows shared among threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hearth.cores import core_count

Found = TypeVar("Found")


def in_threads(
    task: Callable[[NDArray[np.float64]], Found], rows: NDArray[np.float64], each: int
) -> list[Found]:
    """What a task finds of parts of the rows, in their order; a part has about as many rows as `each` says."""
    if len(rows) < 2 * each:
        return [task(rows)]
    threads = min(core_count(), len(rows) // each)
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(task, np.array_split(rows, len(rows) // each)))
