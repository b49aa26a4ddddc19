"""Encoded rows of a matrix, wherever they lie: held in memory where they are few, else read part by part."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol, Self

import numpy as np
import pyarrow as pa

from features.artefacts import canonical_sha256
from features.feature_parts import part_sizes, read_columns, read_part
from hearth.errors import Fault, UnusableInputError
from hearth.risk_model import FeatureSpec
from hearth.risk_model.encoding import encode_columns
from training.figures.ranking import Bools, Floats, Ints

CELLS = 4_000_000
"""Values of a batch: 32 MB, as much as a part of a matrix holds."""

_FEW_CELLS = 2 * CELLS
"""A matrix of so many values is held; reading it again for every fit would cost more than 64 MB."""


_NOTHING = -1, np.empty((0, 0))


class Store(Protocol):
    """Where all rows of a matrix lie.

    Attributes
    ----------
    starts
        Shape (parts + 1,): the first row of each part, and the number of rows.
    width
        Number of features.
    """

    starts: Ints
    width: int

    @property
    def key(self) -> str:
        """The same for the same rows."""
        ...

    def part(self, number: int) -> Floats:
        """Rows of a part, shape (rows of the part, width)."""
        ...

    def column(self, place: int) -> Floats:
        """One feature of all rows."""
        ...

    def select(self, places: Sequence[int]) -> Self:
        """The same rows, with some of the features alone."""
        ...


class Held:
    """Rows in memory."""

    def __init__(self, table: Floats) -> None:
        self.starts = np.array([0, len(table)])
        self.width = table.shape[1]
        self._table = table

    @cached_property
    def key(self) -> str:
        """Digest of the values."""
        return hashlib.sha256(self._table.tobytes()).hexdigest()

    def part(self, _: int) -> Floats:
        """All rows."""
        return self._table

    def column(self, place: int) -> Floats:
        """One feature of all rows."""
        return self._table[:, place]

    def select(self, places: Sequence[int]) -> "Held":
        """The same rows, with some of the features alone."""
        return Held(self._table[:, places])


class Stored:
    """Rows in the Parquet parts of a matrix; what was read last is kept.

    Parameters
    ----------
    folder
        The parts.
    features
        The columns, in order.
    key
        Key of the matrix.
    """

    def __init__(self, folder: Path, features: Sequence[FeatureSpec], key: str) -> None:
        self.starts = np.concatenate([[0], np.cumsum(part_sizes(folder))]).astype(np.int64)
        self.width = len(features)
        self.key = canonical_sha256([key, _names(features)])
        self._matrix = key
        self._folder, self._features = folder, tuple(features)
        self._at_once = max(1, CELLS // max(1, int(self.starts[-1])))
        self._part = self._columns = _NOTHING

    def part(self, number: int) -> Floats:
        """Rows of a part, read and encoded."""
        held, rows = self._part
        if number != held:
            del rows
            self._part = _NOTHING  # so that two are never held
            table = read_part(self._folder, number, _names(self._features))
            rows = encode(self._features, table, order="C")
            self._part = number, rows
        return rows

    def column(self, place: int) -> Floats:
        """One feature of all rows, read together with those beside it."""
        first = place - place % self._at_once
        held, columns = self._columns
        if first != held:
            del columns
            self._columns = _NOTHING
            beside = self._features[first : first + self._at_once]
            table = read_columns(self._folder, _names(beside))
            columns = encode(beside, table, order="F")
            self._columns = first, columns
        return columns[:, place - first]

    def select(self, places: Sequence[int]) -> "Stored":
        """The same rows, with some of the features alone."""
        return Stored(self._folder, [self._features[place] for place in places], self._matrix)


class Rows:
    """Some rows of a store, in an order; choosing among them copies none.

    Parameters
    ----------
    store
        Where the rows lie.
    numbers
        Shape (n,): which rows of it; all where left out.
    """

    def __init__(self, store: Store, numbers: Ints | None = None) -> None:
        self._store = store
        self.numbers = np.arange(store.starts[-1]) if numbers is None else numbers

    @classmethod
    def of(cls, table: Floats) -> "Rows":
        """All rows of a table in memory, shape (n, features)."""
        return cls(Held(table))

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def width(self) -> int:
        """Number of features."""
        return self._store.width

    @property
    def digest(self) -> bytes:
        """The same for the same rows in the same order."""
        return hashlib.sha256(self._store.key.encode() + self.numbers.tobytes()).digest()

    def where(self, kept: Bools | Ints | slice | list[int]) -> "Rows":
        """Some of the rows."""
        return Rows(self._store, self.numbers[kept])

    def select(self, places: Sequence[int]) -> "Rows":
        """The same rows, with some of the features alone."""
        return Rows(self._store.select(places), self.numbers)

    def table(self) -> Floats:
        """All of the rows in memory, shape (n, features): only where they are known to be few."""
        starts = self._store.starts
        part_of = np.searchsorted(starts, self.numbers, side="right") - 1
        touched = np.unique(part_of)
        if len(touched) == 1:
            only = int(touched[0])
            rows: Floats = self._store.part(only)[self.numbers - starts[only]]
            return rows
        found = np.empty((len(self), self.width))
        for part in touched.tolist():
            mine = part_of == part
            found[mine] = self._store.part(part)[self.numbers[mine] - starts[part]]
        return found

    def batches(self) -> Iterator[Floats]:
        """All rows in turn, shape (batch, features): each time no more than `CELLS` values."""
        for start in range(0, len(self), self.batch_size):
            yield self.where(slice(start, start + self.batch_size)).table()

    @property
    def batch_size(self) -> int:
        """Rows of a batch."""
        return max(1, CELLS // max(1, self.width))

    def column(self, place: int) -> Floats:
        """One feature, shape (n,)."""
        return np.take(self._store.column(place), self.numbers)


def stored_rows(folder: Path, features: Sequence[FeatureSpec], key: str) -> Rows:
    """Rows of a stored matrix, held where they are few; UnusableInputError where a category is new."""
    rows = Rows(Stored(folder, features, key))
    few = len(rows) * rows.width <= _FEW_CELLS
    return Rows.of(rows.table()) if few else rows


def encode(features: Sequence[FeatureSpec], table: pa.Table, *, order: Literal["C", "F"]) -> Floats:
    """Values of a table as a model reads them, shape (rows, features).

    Raises
    ------
    UnusableInputError
        If a category is in the data but not in the vocabulary.
    """
    found = np.empty((len(table), len(features)), order=order)
    faults: list[Fault] = []
    for place, feature in enumerate(features):
        try:
            found[:, place] = _encoded(feature, table[feature.name])
        except UnusableInputError as error:
            faults += error.faults
    if faults:
        raise UnusableInputError(faults)
    return found


def _encoded(feature: FeatureSpec, column: pa.ChunkedArray) -> Floats:
    if feature.kind == "number":
        return encode_columns([feature], {feature.name: column.to_numpy()})[:, 0]
    coded = column.combine_chunks().dictionary_encode()
    codes = encode_columns([feature], {feature.name: [*coded.dictionary.to_pylist(), None]})[:, 0]
    found: Floats = np.take(codes, coded.indices.fill_null(len(codes) - 1).to_numpy())
    return found


def _names(features: Sequence[FeatureSpec]) -> list[str]:
    return [feature.name for feature in features]
