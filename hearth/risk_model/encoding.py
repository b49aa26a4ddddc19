"""From named values to the numbers a model reads, by a vocabulary frozen at training."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any, Literal, TypeGuard

import numpy as np
from numpy.typing import NDArray

from hearth.errors import Fault, UnusableInputError

Value = float | str | None
Matrix = NDArray[np.float64]
Column = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureSpec:
    """One input of a model, as it was when the model was trained.

    `flag_of` names the feature whose value was filled in, not recorded, where this one is 1;
    `label` says in a few words what it is, beside its group's title.
    """

    name: str
    group: str
    source: str
    kind: Literal["number", "category"]
    categories: tuple[str, ...] = ()
    unit: str | None = None
    flag_of: str | None = None
    label: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**asdict(self), "categories": list(self.categories)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FeatureSpec":
        """From what JSON holds."""
        return cls(**{**data, "categories": tuple(data["categories"])})


def as_recorded(features: Sequence[FeatureSpec], values: Mapping[str, Value]) -> dict[str, Value]:
    """Values without those that were filled in: None where the flag beside one says so."""
    filled = {f.flag_of for f in features if f.flag_of is not None and values.get(f.name) == 1}
    return {name: None if name in filled else value for name, value in values.items()}


def encode_record(features: Sequence[FeatureSpec], values: Mapping[str, Value]) -> Matrix:
    """One row for the model, shape (1, features), float64.

    Categories become their place in the frozen vocabulary; a value that is absent or
    None becomes NaN, which stands for missing.

    Raises
    ------
    UnusableInputError
        With every unknown name, wrong type, infinity and unseen category. Values are not repeated.
    """
    faults = _unknown(features, values)
    row = np.full((1, len(features)), np.nan)
    for j, feature in enumerate(features):
        value = values.get(feature.name)
        if value is None:
            continue
        problem = _problem(feature, value)
        if problem is not None:
            faults.append(Fault("values", feature.name, *problem))
        elif isinstance(value, str):
            row[0, j] = feature.categories.index(value)
        else:
            row[0, j] = float(value)
    if faults:
        raise UnusableInputError(faults)
    return row


class RecordEncoder:
    """Encodes one record after another for the same features, as `encode_record` does, sooner."""

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._features = tuple(features)
        self._pick = itemgetter(*(f.name for f in features)) if len(features) > 1 else None
        self._codes = [
            (place, {None: None} | {name: float(code) for code, name in enumerate(f.categories)})
            for place, f in enumerate(features)
            if f.kind == "category"
        ]

    def encode(self, values: Mapping[str, Value]) -> Matrix:
        """One row, shape (1, features); raises as `encode_record`, which finds what is wrong."""
        if self._pick is None or len(values) != len(self._features):
            return encode_record(self._features, values)
        try:
            given = list(self._pick(values))
            for place, codes in self._codes:
                given[place] = codes[given[place]]
        except (KeyError, TypeError):
            return encode_record(self._features, values)
        if not set(map(type, given)) <= _PLAIN or not math.isfinite(sum(filter(None, given))):
            return encode_record(self._features, values)
        return np.array([given], dtype=np.float64)  # None becomes NaN


def encode_columns(
    features: Sequence[FeatureSpec], columns: Mapping[str, Sequence[Any] | NDArray[Any]]
) -> Matrix:
    """Many rows for the model, shape (rows, features), float64, in Fortran order.

    Parameters
    ----------
    features
        The model's inputs, in order.
    columns
        For a number, floats with NaN or None for missing; for a category, texts or None.

    Raises
    ------
    UnusableInputError
        If a column is missing or of another length, a number is not one, or a category was not
        there at training.
    """
    faults = [
        Fault("columns", f.name, "is missing", "add it") for f in features if f.name not in columns
    ]
    if faults:
        raise UnusableInputError(faults)
    rows = len(columns[features[0].name]) if features else 0
    matrix = np.empty((rows, len(features)), dtype=np.float64, order="F")
    for j, feature in enumerate(features):
        encode = _numbers if feature.kind == "number" else _codes
        try:
            matrix[:, j] = encode(feature, columns[feature.name], rows)
        except ValueError as error:
            faults.append(Fault("columns", feature.name, *str(error).split("; ", 1)))
    if faults:
        raise UnusableInputError(faults)
    return matrix


def _numbers(_feature: FeatureSpec, column: Sequence[Any] | NDArray[Any], rows: int) -> Column:
    _check_length(column, rows)
    given = np.asarray(column)
    if given.dtype.kind not in "iuf" and not all(
        v is None or isinstance(v, np.number) or _is_number(v) for v in column
    ):
        raise ValueError("holds what is not a number; give numbers, or null where missing")
    numbers = given.astype(np.float64)
    if np.isinf(numbers).any():
        raise ValueError("holds an infinite number; give numbers, or null where missing")
    return numbers


def _codes(feature: FeatureSpec, column: Sequence[Any] | NDArray[Any], rows: int) -> Column:
    _check_length(column, rows)
    codes = {category: float(code) for code, category in enumerate(feature.categories)}
    encoded = np.array(
        [_MISSING if _is_missing(v) else codes.get(v, _UNSEEN) for v in column], dtype=np.float64
    )
    unseen = int(np.count_nonzero(encoded == _UNSEEN))
    if unseen:
        what = "1 value that is" if unseen == 1 else f"{unseen} values that are"
        raise ValueError(f"holds {what} no category of it; {_one_of(feature)}")
    return encoded


def _check_length(column: Sequence[Any] | NDArray[Any], rows: int) -> None:
    if len(column) != rows:
        raise ValueError(
            f"has {len(column)} rows where the first has {rows}; give every row a value"
        )


_MISSING = math.nan
_PLAIN = {float, type(None)}
_UNSEEN = -1.0
_GREATEST = sys.float_info.max


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _unknown(features: Sequence[FeatureSpec], values: Mapping[str, Value]) -> list[Fault]:
    unknown = len(set(values) - {feature.name for feature in features})
    if not unknown:
        return []
    what = "1 name that is" if unknown == 1 else f"{unknown} names that are"
    found = f"holds {what} no feature of the model"
    return [Fault("values", "values", found, "leave out what is not among the model's features")]


def _problem(feature: FeatureSpec, value: object) -> tuple[str, str] | None:
    if feature.kind == "category":
        if not isinstance(value, str):
            return "is not a text", _one_of(feature)
        return None if value in feature.categories else ("is no category of it", _one_of(feature))
    if not _is_number(value):
        return "is not a number", "give a number, or null where it is missing"
    if not abs(value) <= _GREATEST:
        return "is not a finite number", "give a number, or null where it is missing"
    return None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_of(feature: FeatureSpec) -> str:
    return f"use one of {', '.join(feature.categories)}, or null"
