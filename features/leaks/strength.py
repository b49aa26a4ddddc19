"""Features too good to be true: single values, or their being missing, that tell the outcome alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.leaks.finding import Finding, Gravity, definition_file
from hearth.feature import Feature

TOO_GOOD = 0.95
"""AUC of one feature that no honest record of a council's past reaches."""
GOOD, FAR_AHEAD = 0.85, 0.15
"""AUC from which on a feature is suspect, where it is so far above all others that are not."""
FEWEST = 20
"""Rows with and without the outcome below which an AUC says little."""
_TWO_SIDED = 1.96  # standard errors of a 95% interval
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Strength:
    """How well one feature, or its being missing, ranks the outcome alone.

    `auc` lies in [0.5, 1], whichever way the feature points; `low` is the lower end of its 95%
    interval (Hanley and McNeil 1982); `rows` have a label and a value.
    """

    feature: str
    group: str
    of: str
    auc: float
    low: float
    rows: int


def strengths(
    read: Callable[[str], pa.ChunkedArray], labels: pa.Table, asked: Sequence[Feature]
) -> list[Strength]:
    """Strength of every feature and of its missingness on the labelled rows, the best first.

    Parameters
    ----------
    read
        Gives the column of a feature, (rows,): one is in memory at a time.
    labels
        Labels of the same rows.
    asked
        The features.
    """
    labelled = pc.is_valid(labels["label"])
    outcome = np.asarray(labels["label"].filter(labelled), dtype=bool)
    found = []
    for feature in asked:
        column = read(feature.name).filter(labelled)
        known = np.asarray(pc.is_valid(column))
        scores = {"value": (_ranked(column, outcome), outcome[known])}
        if not known.all():
            scores["missing"] = ((~known).astype(np.float64), outcome)
        for of, (score, truth) in scores.items():
            if min(truth.sum(), (~truth).sum()) >= FEWEST:
                auc = _auc(score, truth)
                low = auc - _TWO_SIDED * _standard_error(auc, truth)
                found.append(Strength(feature.name, feature.group, of, auc, low, len(truth)))
    return sorted(found, key=lambda one: -one.auc)


def too_good(model: str, measured: Sequence[Strength]) -> Iterator[Finding]:
    """Strengths beyond belief: from `TOO_GOOD` on, or from `GOOD` on and `FAR_AHEAD` of the rest.

    The rest are the features of other groups below `GOOD`, lest one leak hide behind another.
    """
    for one in measured:
        others = [o.auc for o in measured if o.group != one.group and o.auc < GOOD]
        ahead = one.low - max(others, default=1.0)
        if not (one.auc >= TOO_GOOD or (one.auc >= GOOD and ahead >= FAR_AHEAD)):
            continue
        what = one.feature if one.of == "value" else f"whether {one.feature} is missing"
        beside = f", the best of the rest {max(others):.2f}" if others else ""
        found = (
            f"{what} alone tells the outcome with AUC {one.auc:.3f} on {one.rows:,} rows{beside}"
        )
        remedy = "see whether it is written or overwritten once the outcome is known; if so, leave it out"
        yield Finding(
            Gravity.LEAK, "too good", definition_file(model), f"features.{one.group}", found, remedy
        )


def _ranked(column: pa.ChunkedArray, outcome: Flags) -> Floats:
    """Known values as numbers; words by the rate of the outcome among their rows."""
    known = np.asarray(pc.is_valid(column))
    values = column.drop_null()
    if not pa.types.is_string(values.type):
        return np.asarray(pc.cast(values, pa.float64()), dtype=np.float64)
    codes = np.asarray(values.combine_chunks().dictionary_encode().indices)
    rows = np.bincount(codes)
    rate: Floats = np.bincount(codes, weights=outcome[known]) / rows
    ranked: Floats = rate[codes]
    return ranked


def _auc(score: Floats, truth: Flags) -> float:
    """Chance that a row with the outcome stands apart from one without, ties half, in [0.5, 1]."""
    _, place = np.unique(score, return_inverse=True)
    positive = np.bincount(place, weights=truth)
    negative = np.bincount(place, weights=~truth)
    below = np.cumsum(negative) - negative
    auc = float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))
    return max(auc, 1 - auc)


def _standard_error(auc: float, truth: Flags) -> float:
    """Standard error of an AUC.

    References
    ----------
    Hanley and McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143.
    """
    yes, no = int(truth.sum()), int((~truth).sum())
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (yes - 1) * (first - auc**2) + (no - 1) * (second - auc**2)
    return float(np.sqrt(max(spread, 0.0) / (yes * no)))
