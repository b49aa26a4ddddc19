"""Rows of a file as a model reads them: given in full, or subjects looked up in the feature store."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.store import FeatureStore, StoredRow
from hearth.errors import DataError, Fault, PermissionDeniedError
from hearth.identity import VALUES_HAVE_NO_AREA, Identity
from hearth.risk_model import FeatureSpec
from serving.files.tables import Columns, read_chunks, read_names

SUBJECT = "entity_id"
"""Column that names whom a row is of; carried to the scores, or looked up where it stands alone."""

CHUNK = 5_000
"""Rows held in memory at a time, and done again at most where a run was killed."""

_MOST_FAULTS = 100
_Find = Callable[[Sequence[str]], dict[str, StoredRow]]


@dataclass(frozen=True)
class Rows:
    """Chunks of a file's rows, typed, each with its faults; the same at each reading.

    `read` takes the number of chunks to leave out. `known_as` says what beside the file its rows
    rest on: the refresh of the feature store, or nothing.
    """

    read: Callable[[int], Iterator[tuple[Columns, list[Fault]]]]
    known_as: str = ""

    def without(self, is_left_out: Callable[[str], bool]) -> "Rows":
        """The same without the rows of some subjects; chunks keep their numbers, and may be empty."""

        def read(skip: int) -> Iterator[tuple[Columns, list[Fault]]]:
            for chunk, faults in self.read(skip):
                subjects = chunk.get(SUBJECT, [])
                stays = [one is None or not is_left_out(one) for one in subjects]
                yield chunk if faults or all(stays) else _taken(chunk, stays), faults

        return replace(self, read=read)

    def count(self) -> int:
        """Number of rows, fit or not."""
        return sum(len(next(iter(chunk.values()))) for chunk, _ in self.read(0))

    def check(self, file: str) -> int:
        """Number of rows, once every one was found fit: a file is scored as a whole or not at all.

        Raises
        ------
        DataError
            With the faults of all rows together, up to a hundred; or if there are no rows.
        """
        faults: list[Fault] = []
        rows = 0
        for chunk, found in self.read(0):
            rows += len(next(iter(chunk.values())))
            faults += found
            if len(faults) >= _MOST_FAULTS:
                break
        if not rows and not faults:
            faults.append(Fault(file, "", "holds no rows", "give it one at least"))
        if faults:
            raise DataError(faults[:_MOST_FAULTS])
        return rows


def _taken(chunk: Columns, stays: Sequence[bool]) -> Columns:
    return {
        name: column[np.array(stays)]
        if isinstance(column, np.ndarray)
        else list(compress(column, stays))
        for name, column in chunk.items()
    }


def open_rows(
    source: Path,
    model: str,
    features: Sequence[FeatureSpec],
    store: FeatureStore,
    *,
    identity: Identity,
) -> Rows:
    """Rows of a file that holds every feature of a model, or `entity_id` alone.

    Subjects of an area that the identity does not see are told of as if there were none.

    Raises
    ------
    DataError
        If its columns are of neither kind.
    PermissionDeniedError
        If it holds features, and the identity is limited to areas.
    """
    names = read_names(source)
    if names == [SUBJECT]:

        def find(subjects: Sequence[str]) -> dict[str, StoredRow]:
            found = store.get_many(model, subjects)
            return {name: row for name, row in found.items() if identity.sees_area(row.area)}

        refresh = store.refresh_of(model)
        known_as = "" if refresh is None else refresh.mark
        return Rows(partial(_looked_up, source, features, find), known_as)
    if identity.areas is not None:
        raise PermissionDeniedError(VALUES_HAVE_NO_AREA)
    _check_names(source, names, features)
    return Rows(partial(_given, source, features))


def _check_names(source: Path, names: Sequence[str], features: Sequence[FeatureSpec]) -> None:
    wanted = {feature.name for feature in features}
    if not wanted & set(names):
        raise DataError([_no_feature(source, names)])
    faults = [
        Fault(source.name, feature.name, "is no column of it", "add it, empty where unrecorded")
        for feature in features
        if feature.name not in names
    ]
    unknown = len(set(names) - wanted - {SUBJECT})
    if unknown:
        found = f"has {unknown} columns that are no feature of the model"
        faults.append(Fault(source.name, "header", found, f"leave only features and {SUBJECT}"))
    if len(set(names)) < len(names):
        faults.append(Fault(source.name, "header", "names a column twice", "leave one of the two"))
    if faults:
        raise DataError(faults)


def _no_feature(source: Path, names: Sequence[str]) -> Fault:
    """What is wrong with a header that names no feature: it may be a row of data, so none is repeated."""
    if SUBJECT in names:
        found = f"names {SUBJECT} beside {len(names) - 1} columns, none a feature of the model"
        remedy = f"leave {SUBJECT} alone to have its features looked up, or add every feature"
    else:
        found = f"names neither {SUBJECT} nor any feature of the model"
        remedy = (
            f"name the column of subjects {SUBJECT}, in lower case, and leave it alone to have their "
            "features looked up; or give every feature, see `hearth check`"
        )
    return Fault(source.name, "header", found, remedy)


def _given(
    source: Path, features: Sequence[FeatureSpec], skip: int
) -> Iterator[tuple[Columns, list[Fault]]]:
    start = 1 + skip * CHUNK
    for chunk, faults in read_chunks(source, CHUNK, skip=skip):
        for feature in features:
            chunk[feature.name] = _typed(source, feature, chunk[feature.name], start, faults)
        if SUBJECT in chunk:
            chunk[SUBJECT] = _subjects(chunk[SUBJECT])
        yield chunk, faults
        start += len(chunk[features[0].name])


def _looked_up(
    source: Path, features: Sequence[FeatureSpec], find: _Find, skip: int
) -> Iterator[tuple[Columns, list[Fault]]]:
    start = 1 + skip * CHUNK
    for chunk, faults in read_chunks(source, CHUNK, skip=skip):
        misshapen = {fault.place for fault in faults}
        subjects = _subjects(chunk[SUBJECT])
        known = find([subject for subject in subjects if subject is not None])
        found = [None if subject is None else known.get(subject) for subject in subjects]
        faults += [
            Fault(source.name, place, "is of no subject in the feature store", "leave it out")
            for i, row in enumerate(found)
            if row is None and (place := f"row {start + i}") not in misshapen
        ]
        values = [row.values for row in found if row is not None]
        columns = {f.name: _column(f, [one.get(f.name) for one in values]) for f in features}
        yield {SUBJECT: subjects, **columns}, faults
        start += len(subjects)


def _subjects(cells: Any) -> list[str | None]:
    """Identifiers as text; a whole number that a table program made a decimal of is whole again."""
    given = cells.tolist() if isinstance(cells, np.ndarray) else cells
    whole = (int(c) if isinstance(c, float) and c.is_integer() else c for c in given)
    return [None if c is None or c != c else str(c) for c in whole]  # noqa: PLR0124 NaN alone is not itself


def _column(feature: FeatureSpec, cells: Sequence[Any]) -> Any:
    return np.array(cells, dtype=np.float64) if feature.kind == "number" else cells


def _typed(
    source: Path, feature: FeatureSpec, cells: Any, start: int, faults: list[Fault]
) -> NDArray[np.float64] | list[str | None]:
    """Cells as the model reads them; what cannot be is added to the faults by row, never by value."""
    typed = (_categories if feature.kind == "category" else _numbers)(feature, cells)
    if typed is not None:
        return typed
    read = _category if feature.kind == "category" else _number
    found, remedy = _EXPECTED[feature.kind]
    faults += [
        Fault(source.name, f"row {start + i}, {feature.name}", found, remedy)
        for i, cell in enumerate(cells)
        if cell is not None and not read(feature, cell)
    ]
    return [None] * len(cells)


_EXPECTED = {
    "number": ("is not a finite number", "give a number, or nothing where it is not recorded"),
    "category": ("is no category of it", "see `hearth check` for its categories, or give nothing"),
}


def _numbers(_feature: FeatureSpec, cells: Any) -> NDArray[np.float64] | None:
    """The column at once; None if a cell is not fit."""
    if isinstance(cells, np.ndarray):
        return None if np.isinf(cells).any() else cells.astype(np.float64)
    if bool in {type(cell) for cell in cells}:
        return None
    try:
        numbers = np.array([math.nan if cell is None else float(cell) for cell in cells])
    except (TypeError, ValueError, OverflowError):
        return None
    is_whole = np.count_nonzero(np.isfinite(numbers)) == len(cells) - cells.count(None)
    return numbers.astype(np.float64) if is_whole else None


def _categories(feature: FeatureSpec, cells: Any) -> list[str | None] | None:
    fit = {None, *feature.categories}
    is_fit = not isinstance(cells, np.ndarray) and all(cell in fit for cell in cells)
    return cells if is_fit else None


def _number(_feature: FeatureSpec, cell: Any) -> bool:
    try:
        return not isinstance(cell, bool) and math.isfinite(float(cell))
    except (TypeError, ValueError, OverflowError):
        return False


def _category(feature: FeatureSpec, cell: Any) -> bool:
    return cell in feature.categories
