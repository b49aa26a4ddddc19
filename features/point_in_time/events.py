"""Rows of one source as plain arrays, grouped by the key they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.days import NEVER, Days, days
from features.point_in_time.compiled import sort_by_code

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

KEY, EVENT_DATE, KNOWLEDGE_DATE, ORDER = "key", "event_date", "knowledge_date", "order"
SUPERSEDED_DATE = "superseded_date"


class Column:
    """A column of the events as each loop wants it; what is not asked for is not made."""

    def __init__(self, values: pa.Array) -> None:
        self._values = values
        kind = values.type
        self._kind = kind.value_type if pa.types.is_dictionary(kind) else kind

    @property
    def is_words(self) -> bool:
        """Whether the values are words rather than numbers."""
        return bool(pa.types.is_string(self._kind) or pa.types.is_large_string(self._kind))

    @cached_property
    def present(self) -> Flags:
        """Where there is a value, (events,)."""
        return np.asarray(pc.is_valid(self._values))

    @cached_property
    def numbers(self) -> Floats:
        """Values as floats, dates as days since 1970-01-01, nan where missing, (events,)."""
        plain = pc.cast(self._values, pa.int32()) if self._is_date else self._values
        floats = pc.cast(plain, pa.float64())
        return np.asarray(pc.fill_null(floats, np.nan), dtype=np.float64)

    @cached_property
    def exact(self) -> tuple[Ints, int] | None:
        """Values as integers in units of 10**-decimals, and the decimals; None for floats and words.

        What a missing value reads as means nothing.
        """
        if pa.types.is_decimal(self._kind):
            low_halves = np.frombuffer(self._values.buffers()[1], dtype=np.int64)[::2]
            first = self._values.offset
            return low_halves[first : first + len(self._values)], int(self._kind.scale)
        if pa.types.is_integer(self._kind) or pa.types.is_boolean(self._kind):
            whole = pc.fill_null(pc.cast(self._values, pa.int64()), 0)
            return np.asarray(whole, dtype=np.int64), 0
        return None

    @cached_property
    def codes(self) -> Codes:
        """Place of each value among `different`, -1 where missing, (events,)."""
        return np.asarray(pc.fill_null(pc.cast(self._encoded.indices, pa.int32()), -1))

    @property
    def different(self) -> pa.Array:
        """The different values, in any order."""
        return self._encoded.dictionary

    @property
    def _is_date(self) -> bool:
        return bool(pa.types.is_date(self._kind))

    @cached_property
    def _encoded(self) -> pa.DictionaryArray:
        is_encoded = pa.types.is_dictionary(self._values.type)
        return self._values if is_encoded else self._values.dictionary_encode()


@dataclass(frozen=True)
class Events:
    """Rows sorted by key, and those of one key by `order`; key `k` has rows `start[k]` to `start[k + 1]`.

    `place` is where each row stood in the table.
    """

    start: Ints
    place: Codes
    event_day: Days
    known_day: Days
    superseded_day: Days
    order: Ints
    table: pa.Table

    def column(self, name: str) -> Column:
        """One column in the order of the keys."""
        return Column(self.table[name].combine_chunks().take(pa.array(self.place)))


def group_by_key(table: pa.Table, *, keys: int | None = None) -> Events:
    """Rows grouped by key, in an order that does not depend on the order they came in.

    Parameters
    ----------
    table
        Columns `key` (int, dense from 0; negative or null for rows of no key), `event_date` and
        `knowledge_date` (date32), `order` (int; each row has its own), perhaps `superseded_date`
        (date32, null for never), and whatever else is read.
    keys
        How many keys there are; one more than the greatest if None.
    """
    code = np.asarray(pc.fill_null(table[KEY], -1), dtype=np.int64)
    order = np.asarray(table[ORDER], dtype=np.int64)
    keys = int(code.max(initial=-1)) + 1 if keys is None else keys
    first = None if bool(np.all(order[1:] >= order[:-1])) else np.argsort(order, kind="stable")
    start, place = sorted_by_code(code if first is None else code[first], keys)
    if first is not None:
        place = first[place].astype(np.int32)
    never = np.full(len(place), NEVER, dtype=np.int32)
    has_versions = SUPERSEDED_DATE in table.column_names
    return Events(
        start=start,
        place=place,
        event_day=days(table[EVENT_DATE])[place],
        known_day=days(table[KNOWLEDGE_DATE])[place],
        superseded_day=days(table[SUPERSEDED_DATE])[place] if has_versions else never,
        order=order[place],
        table=table,
    )


def sorted_by_code(code: npt.NDArray[np.integer], codes: int) -> tuple[Ints, Codes]:
    """Where each code begins, (codes + 1,), and the places in order of code; negative codes fall away."""
    start = np.zeros(codes + 1, dtype=np.int64)
    place = np.empty(int(np.count_nonzero(code >= 0)), dtype=np.int32)
    sort_by_code(code, codes, start, place)
    return start, place


def columns_named(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """The table with the columns that place its rows and those named."""
    fixed = [KEY, EVENT_DATE, KNOWLEDGE_DATE, ORDER]
    if SUPERSEDED_DATE in table.column_names:
        fixed.append(SUPERSEDED_DATE)
    return table.select(list(dict.fromkeys([*fixed, *names])))
