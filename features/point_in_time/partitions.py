"""Partitions of entities: a run of entities at all their as-of dates, small enough to compute at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import pyarrow as pa

from features.point_in_time.events import Codes, sorted_by_code

T = TypeVar("T")

CELLS = 4_000_000
"""Values that one partition computes: 32 MB of them, so that memory follows this and not the data."""


@dataclass(frozen=True)
class Partitions:
    """Rows of the matrix by partition.

    Attributes
    ----------
    of_row
        Partition of each row, (rows,).
    rows
        Positions of each partition's rows, ascending.
    """

    of_row: Codes
    rows: tuple[Codes, ...]

    @classmethod
    def of(cls, entities: pa.ChunkedArray | pa.Array, size: int) -> "Partitions":
        """Partitions of so many entities each, in the order in which entities first come."""
        whole = entities.combine_chunks() if isinstance(entities, pa.ChunkedArray) else entities
        of_row = np.asarray(whole.dictionary_encode().indices) // np.int32(size)
        many = int(of_row.max(initial=-1)) + 1
        start, place = sorted_by_code(of_row, many)
        return cls(of_row, tuple(place[start[p] : start[p + 1]] for p in range(many)))

    @property
    def order(self) -> Codes:
        """Positions of all rows, partition by partition."""
        return np.concatenate([*self.rows, np.zeros(0, dtype=np.int32)])


def entities_in_partition(features: int, dates: int) -> int:
    """Entities that make a partition of `CELLS` values."""
    return max(256, CELLS // max(1, features * dates))


def in_parallel(make: Callable[[int], T], items: range, *, workers: int) -> Iterator[T]:
    """What `make` gives for each item, in order; no more are under way, or waiting, than workers."""
    with ThreadPoolExecutor(workers, thread_name_prefix="partition") as pool:
        coming = iter(items)
        waiting: list[Future[T]] = [pool.submit(make, item) for item in islice(coming, workers)]
        try:
            while waiting:
                done = waiting.pop(0).result()
                waiting += [pool.submit(make, item) for item in islice(coming, 1)]
                yield done
        finally:
            for future in waiting:
                future.cancel()
