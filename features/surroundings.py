"""Features of the homes around: rows at other properties of the area, or within a distance.

The time law is the same as everywhere: of rows and of where homes lie, what was known before the
as-of date counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.days import date_of, day_of, days
from features.known_rows import EVENT_DATE, KEY, KNOWLEDGE_DATE, ORDER, SUPERSEDED_DATE
from features.nearby import rows_within
from hearth.definition import COORDINATES, Around
from hearth.feature import Feature
from hearth.periods import Period

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_PER = 1_000
"""Rates are told per so many homes."""


def address_of_rows(pairs: pa.Table, rows: int) -> pa.ChunkedArray:
    """Address of each row of the matrix, from pairs of `row` and `key`; null where it has none."""
    place = np.full(rows, -1, dtype=np.int64)
    place[np.asarray(pairs["row"])] = np.arange(len(pairs))
    return pa.chunked_array([pairs["key"].take(pa.array(place, mask=place < 0)).combine_chunks()])


def surroundings(
    around: Around,
    features: Sequence[Feature],
    as_of: pa.ChunkedArray,
    keys: pa.ChunkedArray,
    *,
    rows: pa.Table,
    homes: pa.Table,
    split_by: str | None = None,
) -> pa.Table:
    """Features of one group that looks around homes, float64; null where a home's place is unknown.

    Parameters
    ----------
    around, features
        Area or distance, and the features in order.
    as_of, keys
        As-of date and address of each row of the matrix, (rows,); null for no address.
    rows
        Rows of the group's source, placed in time as `known_rows` does.
    homes
        Versions of homes, placed in time, with the columns that say where each lies.
    split_by
        Column whose categories are counted apart.
    """
    code, mine = _coded(homes[KEY], keys)
    placed = _Homes.of(homes, code, around)
    events = _Rows.of(rows, homes[KEY], split_by)
    as_of_day = days(as_of)
    made = np.full((len(as_of_day), len(features)), np.nan)
    for day in np.unique(as_of_day).tolist():
        here = np.flatnonzero((as_of_day == day) & (mine >= 0))
        counts = events.at_homes(features, day, placed.many)
        look = _rates if around.within is None else _counts
        made[here] = look(placed, counts, mine[here], day, float(around.within or 0))
    return pa.table(
        {f.name: pa.array(made[:, j], from_pandas=True) for j, f in enumerate(features)}
    )


@dataclass(frozen=True)
class _Homes:
    """Versions of homes, sorted by home and then by when they became known; `place` is (versions, c)."""

    many: int
    code: Ints
    known: Ints
    superseded: Ints
    place: Floats

    @classmethod
    def of(cls, homes: pa.Table, code: Ints, around: Around) -> "_Homes":
        known, order = days(homes[KNOWLEDGE_DATE]), np.asarray(homes[ORDER])
        sequence = np.lexsort((order, known, code))
        if around.within is None:
            areas = pc.cast(homes[str(around.area)], pa.string()).combine_chunks()
            columns = [_numbers(areas.dictionary_encode().indices)]
        else:
            columns = [_numbers(homes[name].combine_chunks()) for name in COORDINATES]
        place = np.column_stack(columns)[sequence]
        superseded = _superseded(homes)[sequence]
        return cls(
            int(code.max(initial=-1)) + 1, code[sequence], known[sequence], superseded, place
        )

    def places(self, day: int) -> Floats:
        """Where each home lay as last known before the day, (homes, c); nan where nothing was known."""
        seen = np.flatnonzero((self.known < day) & (self.superseded >= day))
        code = self.code[seen]
        last = np.append(code[1:] != code[:-1], True)[: len(code)]
        found = np.full((self.many, self.place.shape[1]), np.nan)
        found[code[last]] = self.place[seen[last]]
        return found


@dataclass(frozen=True)
class _Rows:
    """Rows at homes whose code is known, and the category of each."""

    code: Ints
    happened: Ints
    known: Ints
    superseded: Ints
    category: npt.NDArray[np.object_] | None

    @classmethod
    def of(cls, rows: pa.Table, homes: pa.ChunkedArray, split_by: str | None) -> "_Rows":
        held = rows.filter(pc.is_in(rows[KEY], value_set=pc.unique(homes)))
        _, code = _coded(homes, held[KEY])
        category = None if split_by is None else held[split_by].to_numpy()
        superseded = _superseded(held)
        return cls(code, days(held[EVENT_DATE]), days(held[KNOWLEDGE_DATE]), superseded, category)

    def at_homes(self, features: Sequence[Feature], day: int, homes: int) -> Ints:
        """Rows at each home that each feature counts, (homes, features), known and past by the day."""
        seen = (self.happened < day) & (self.known < day) & (self.superseded >= day)
        counted = np.empty((homes, len(features)), dtype=np.int32)
        for j, feature in enumerate(features):
            mine = seen & (self.happened >= _start(feature.window, day))
            if feature.category is not None and self.category is not None:
                mine &= self.category == feature.category
            counted[:, j] = np.bincount(self.code[mine], minlength=homes)
        return counted


def _rates(homes: _Homes, counts: Ints, mine: Ints, day: int, _metres: float) -> Floats:
    """Rows per 1,000 other homes of each home's area; nan where it has no other."""
    area = homes.places(day)[:, 0]
    known = ~np.isnan(area)
    of = area[known].astype(np.int64)
    many = np.bincount(of, minlength=1)
    total = np.zeros((len(many), counts.shape[1]))
    for j in range(counts.shape[1]):
        total[:, j] = np.bincount(of, weights=counts[known, j], minlength=len(many))
    found = np.full((len(mine), counts.shape[1]), np.nan)
    placed = known[mine]
    own, own_area = mine[placed], area[mine[placed]].astype(np.int64)
    others = (many[own_area] - 1)[:, None].astype(np.float64)
    rate = np.full((len(own), counts.shape[1]), np.nan)
    np.divide(_PER * (total[own_area] - counts[own]), others, out=rate, where=others > 0)
    found[placed] = rate
    return found


def _counts(homes: _Homes, counts: Ints, mine: Ints, day: int, metres: float) -> Floats:
    """Rows at other homes within the distance of each home."""
    place = homes.places(day)
    known: Flags = np.asarray(~np.isnan(place).any(axis=1))
    busy = known & counts.any(axis=1)
    found = np.full((len(mine), counts.shape[1]), np.nan)
    placed = known[mine]
    own = mine[placed]
    found[placed] = rows_within(place[own], place[busy], counts[busy], metres) - counts[own]
    return found


def _coded(homes: pa.ChunkedArray, keys: pa.ChunkedArray) -> tuple[Ints, Ints]:
    """Dense codes of the homes, and of the keys among them, -1 for a key that is no home's."""
    different = pc.unique(homes)
    found = pc.index_in(keys, value_set=different, skip_nulls=True)
    own = pc.index_in(homes, value_set=different)
    return np.asarray(own, np.int32), np.asarray(pc.fill_null(found, -1), np.int32)


def _numbers(values: pa.Array) -> Floats:
    return np.asarray(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False))


def _superseded(table: pa.Table) -> Ints:
    """Day on which each row was superseded, (rows,); after all others where it never was."""
    return days(table[SUPERSEDED_DATE])


def _start(window: Period | None, day: int) -> int:
    """First day of a window that ends at a day."""
    return day_of((window or Period(unbounded=True)).before(date_of(day)))
