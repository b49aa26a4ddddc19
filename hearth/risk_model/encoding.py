"""From named values to the numbers a model reads, by a vocabulary frozen at training."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hearth.errors import Fault, UnusableInputError

Value = float | str | None
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureSpec:
    """One input of a model, as it was when the model was trained."""

    name: str
    group: str
    source: str
    kind: Literal["number", "category"]
    categories: tuple[str, ...] = ()
    unit: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**asdict(self), "categories": list(self.categories)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FeatureSpec":
        """From what JSON holds."""
        return cls(**{**data, "categories": tuple(data["categories"])})


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
        If a column is missing or holds a category that was not there at training.
    """
    faults = [
        Fault("columns", f.name, "is missing", "add it") for f in features if f.name not in columns
    ]
    if faults:
        raise UnusableInputError(faults)
    rows = len(columns[features[0].name]) if features else 0
    matrix = np.empty((rows, len(features)), dtype=np.float64, order="F")
    for j, feature in enumerate(features):
        column = columns[feature.name]
        if feature.kind == "number":
            matrix[:, j] = np.asarray(column, dtype=np.float64)
            continue
        codes = {category: float(code) for code, category in enumerate(feature.categories)}
        encoded = [_MISSING if _is_missing(v) else codes.get(v, _UNSEEN) for v in column]
        matrix[:, j] = encoded
        unseen = int(np.count_nonzero(matrix[:, j] == _UNSEEN))
        if unseen:
            faults.append(
                Fault("columns", feature.name, f"holds {unseen} values that are no category of it", _one_of(feature))
            )
    if faults:
        raise UnusableInputError(faults)
    return matrix


_MISSING = math.nan
_UNSEEN = -1.0


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _unknown(features: Sequence[FeatureSpec], values: Mapping[str, Value]) -> list[Fault]:
    unknown = len(set(values) - {feature.name for feature in features})
    if not unknown:
        return []
    what = "1 name that is" if unknown == 1 else f"{unknown} names that are"
    return [Fault("values", "", f"hold {what} no feature of the model", "see the model's features")]


def _problem(feature: FeatureSpec, value: object) -> tuple[str, str] | None:
    if feature.kind == "category":
        if not isinstance(value, str):
            return "is not a text", _one_of(feature)
        return None if value in feature.categories else ("is no category of it", _one_of(feature))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "is not a number", "give a number, or null where it is missing"
    if not math.isfinite(value):
        return "is not a finite number", "give a number, or null where it is missing"
    return None


def _one_of(feature: FeatureSpec) -> str:
    return f"use one of {', '.join(feature.categories)}, or null"
