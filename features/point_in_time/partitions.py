"""The kernel over partitions of entities, so that memory follows the partition and not the data."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from features.point_in_time import kernel
from features.point_in_time.events import KEY, Ints
from features.point_in_time.kernel import ROW
from features.point_in_time.plan import GroupPlan

ENTITIES = 65_536
"""Entities in a partition: enough to keep numpy busy, few enough for its arrays to stay in cache."""


def aggregate(
    plan: GroupPlan,
    rows: pa.Table,
    followed: pa.Table,
    events: pa.Table,
    *,
    entities: int = ENTITIES,
) -> pa.Table:
    """Features of each row; what `kernel.aggregate` gives, made one partition after another.

    Parameters
    ----------
    plan, rows, followed, events
        As `kernel.aggregate` takes them; `rows` has `entity_id` too.
    entities
        Entities in a partition.
    """
    parts = list(_partitions(rows, entities))
    if len(parts) < 2:  # noqa: PLR2004 - one part is the whole
        return kernel.aggregate(plan, rows, followed, events)
    row, key = np.asarray(followed[ROW]), np.asarray(followed[KEY])
    event_key = np.asarray(events[KEY])
    made = []
    for mine in parts:
        here = np.isin(row, mine)
        keys = np.unique(key[here])
        pairs = pa.table(
            {ROW: np.searchsorted(mine, row[here]), KEY: np.searchsorted(keys, key[here])}
        )
        held = events.filter(pa.array(np.isin(event_key, keys)))
        codes = pa.array(np.searchsorted(keys, np.asarray(held[KEY])))
        held = held.set_column(held.schema.get_field_index(KEY), KEY, codes)
        made.append(kernel.aggregate(plan, rows.take(pa.array(mine)), pairs, held))
    back = np.argsort(np.concatenate(parts), kind="stable")
    return pa.concat_tables(made).take(pa.array(back))


def _partitions(rows: pa.Table, entities: int) -> Iterator[Ints]:
    """Positions of the rows of each partition, ascending."""
    codes = np.asarray(rows["entity_id"].combine_chunks().dictionary_encode().indices)
    part = codes // entities
    for number in range(int(part.max(initial=-1)) + 1):
        yield np.flatnonzero(part == number).astype(np.int64)
