"""Rows of one source as plain arrays, grouped by the key they are about."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

KEY, EVENT_DATE, KNOWLEDGE_DATE, ORDER = "key", "event_date", "knowledge_date", "order"
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Column:
    """A column twice over: numbers (nan where null) and codes of its distinct values (-1 where null)."""

    numbers: Floats
    codes: Ints
    values: pa.Array

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers or booleans rather than words."""
        return not (
            pa.types.is_string(self.values.type) or pa.types.is_large_string(self.values.type)
        )


@dataclass(frozen=True)
class Events:
    """Rows sorted by key; `rank` is their place in time (event date, knowledge date, order)."""

    starts: Ints
    event_day: Ints
    known_day: Ints
    rank: Ints
    columns: dict[str, Column]

    def of(self, keys: Ints) -> tuple[Ints, Ints]:
        """Rows of each key in turn.

        Parameters
        ----------
        keys
            Keys asked for, (k,); one may be asked for more than once.

        Returns
        -------
        asked, rows
            Position in `keys` and position among the rows, both (n,).
        """
        known = (keys >= 0) & (keys < len(self.starts) - 1)
        safe = np.where(known, keys, 0)
        first = self.starts[safe]
        lengths = np.where(known, self.starts[safe + 1] - first, 0)
        asked = np.repeat(np.arange(len(keys), dtype=np.int64), lengths)
        before = np.cumsum(lengths) - lengths
        rows = np.arange(len(asked), dtype=np.int64) + np.repeat(first - before, lengths)
        return asked, rows


def days(dates: pa.ChunkedArray | pa.Array) -> Ints:
    """Dates as days since 1970-01-01; a missing date comes after all others, so it is never visible."""
    filled = pc.fill_null(pc.cast(dates, pa.int32()), _NEVER)
    return np.asarray(filled, dtype=np.int64)


def group_by_key(table: pa.Table, columns: Iterable[str]) -> Events:
    """Rows grouped by key, in an order that does not depend on the order they came in.

    Parameters
    ----------
    table
        Columns `key` (int, dense from 0), `event_date` and `knowledge_date` (date32, not null),
        `order` (int; settles rows of the same two dates) and those named.
    columns
        Columns the aggregates read.
    """
    key, event, known = (
        table[KEY].to_numpy().astype(np.int64),
        days(table[EVENT_DATE]),
        days(table[KNOWLEDGE_DATE]),
    )
    order = table[ORDER].to_numpy().astype(np.int64)
    in_time = np.lexsort((order, known, event))
    by_key = in_time[np.argsort(key[in_time], kind="stable")]
    rank = np.empty(len(key), dtype=np.int64)
    rank[in_time] = np.arange(len(key))
    counts = np.bincount(key, minlength=1) if len(key) else np.zeros(1, dtype=np.int64)
    return Events(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        event_day=event[by_key],
        known_day=known[by_key],
        rank=rank[by_key],
        columns={name: _column(table[name], by_key) for name in columns},
    )


def _column(values: pa.ChunkedArray, by_key: Ints) -> Column:
    """A column in the order of the keys, with codes that sort as its values do."""
    encoded = values.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    words = encoded.dictionary
    place = np.empty(len(words), dtype=np.int64)
    sorted_places = pc.sort_indices(words).to_numpy()
    place[sorted_places] = np.arange(len(words))
    indices = pc.fill_null(pc.cast(encoded.indices, pa.int64()), -1).to_numpy(zero_copy_only=False)
    codes = np.where(indices >= 0, place[np.maximum(indices, 0)] if len(words) else -1, -1)[by_key]
    words = words.take(pa.array(sorted_places))
    return Column(numbers=_numbers(words, codes), codes=codes, values=words)


def _numbers(words: pa.Array, codes: Ints) -> Floats:
    """Values as floats; all nan where the column holds words."""
    if pa.types.is_string(words.type) or pa.types.is_large_string(words.type):
        return np.full(len(codes), np.nan)
    as_days = pa.types.is_date32(words.type)
    numeric = pc.cast(pc.cast(words, pa.int32()) if as_days else words, pa.float64())
    table = np.append(numeric.to_numpy(zero_copy_only=False), np.nan)
    return np.asarray(table[codes], dtype=np.float64)
