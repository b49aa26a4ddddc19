"""A feature group that looks around homes: its rows and where homes lie, read whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.cohort import Cohort
from features.conditions import meeting
from features.known_rows import (
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    ORDER,
    SUPERSEDED_DATE,
    known_batches,
)
from features.point_in_time.partitions import Partitions
from features.surroundings import surroundings
from hearth.definition import Around, FeatureGroup
from hearth.feature import Feature
from hearth.source_contract import SourceContract

_PLACED = (KEY, EVENT_DATE, KNOWLEDGE_DATE, SUPERSEDED_DATE, ORDER)


@dataclass(frozen=True)
class AroundGroup:
    """Columns of a group for every row of the matrix: any home may stand near any other."""

    made: pa.Table
    partitions: Partitions

    def table(self, _rows: pa.Table, part: int) -> pa.Table:
        """Columns of the rows of one partition."""
        return self.made.take(pa.array(self.partitions.rows[part]))


def around_columns(
    group: FeatureGroup,
    around: Around,
    features: Sequence[Feature],
    cohort: Cohort,
    pairs: pa.Table,
    *,
    rows_of: SourceContract,
    homes_of: SourceContract,
    state_dir: Path,
) -> pa.Table:
    """Columns of one group that looks around homes, a row for each of the cohort's.

    Parameters
    ----------
    group, around, features
        The group, what it looks at, and its features in order.
    cohort, pairs
        Rows of the matrix, and the address that each follows: `row` and `key`.
    rows_of, homes_of
        Contracts of the group's source and of the one that says where homes lie.
    state_dir
        Where their snapshots lie.
    """
    split = [] if group.split_by is None else [group.split_by]
    read = list(dict.fromkeys([*split, *(condition.column for condition in group.where)]))
    rows = [
        meeting(batch, group.where).select([*_PLACED, *split])
        for batch in known_batches(rows_of, state_dir, read)
    ]
    homes = known_batches(homes_of, state_dir, list(around.columns))
    return surroundings(
        around,
        features,
        cohort.rows["as_of"],
        _addresses(pairs, len(cohort.rows)),
        rows=pa.concat_tables(rows),
        homes=pa.concat_tables(homes),
        split_by=group.split_by,
    )


def _addresses(pairs: pa.Table, rows: int) -> pa.ChunkedArray:
    """Address of each row of the matrix; null where it has none."""
    place = np.full(rows, -1, dtype=np.int64)
    place[np.asarray(pairs["row"])] = np.arange(len(pairs))
    return pc.cast(pairs["key"].take(pa.array(place, mask=place < 0)), pa.string())
