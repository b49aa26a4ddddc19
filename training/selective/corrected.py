"""Figures of a list corrected for who was looked at, and those of rows drawn by lot."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from governance.fairness.intervals import Interval, difference
from training.figures.bootstrap import (
    REPLICATES,
    Statistic,
    Weights,
    each_once,
    interval,
    replicate,
    sums_over,
)
from training.figures.evaluation import Estimate
from training.figures.metrics import Outcomes, auc, quotient
from training.figures.ranking import Bools, Floats, Ints
from training.selective.propensity import weights
from training.selective.shares import share_among


@dataclass(frozen=True)
class Judged:
    """Everybody scored on every test date, date under date.

    Attributes
    ----------
    entities, dates
        Shape (n,); the entity and the test date of each row, as numbers from 0.
    on_list
        Shape (n,); within capacity on its date.
    raw
        Shape (n,); what rows are ranked by.
    probability
        Shape (n,), of the outcome; None where the candidate gives none.
    outcomes
        Of the same n rows.
    propensity
        Shape (n,); probability of being looked at.
    arm
        Outcomes as far as rows were drawn by lot; None where none were.
    """

    entities: Ints
    dates: Ints
    on_list: Bools
    raw: Floats
    probability: Floats | None
    outcomes: Outcomes
    propensity: Floats
    arm: Outcomes | None = None


Figures = Mapping[str, Mapping[str, Estimate]]


def estimates(judged: Judged, *, seed: int, replicates: int = REPLICATES) -> Figures:
    """Figure → way of estimating it → estimate with its 95 % interval.

    `plain` counts those looked at as if they were everybody. `weighted` weights each by the inverse
    of its propensity, weights summing to one (Hájek); it is right where being looked at depends on
    the recorded features only. `doubly_robust` adds to the mean probability what those looked at
    show it to miss; it is right where that holds and either propensity or probability is. `drawn`
    counts those drawn by lot; it is right whatever the others were chosen by. `X_less_drawn` is how
    far a way lies from the lot.

    Intervals come from draws of entities. They take the list and the propensities as given: that
    either was learnt from data is not in them. A draw of few found strays too little, so shares of
    those drawn by lot have Wilson's interval, at as many rows as entities that come again are
    worth, and the distance of another way from them has both intervals squared and added.

    Parameters
    ----------
    judged
        Rows of all test dates.
    seed, replicates
        Of the draws.

    References
    ----------
    Horvitz & Thompson (1952), JASA 47: 663-685; Hájek (1971), in Foundations of Statistical
    Inference; Robins, Rotnitzky & Zhao (1994), JASA 89: 846-866.
    """
    ways = _ways(judged)
    statistics = {
        (figure, way): statistic
        for way, (weight, outcomes) in ways.items()
        for figure, statistic in _figures(judged, weight, outcomes).items()
    }
    for figure, rows in (("precision", judged.on_list), ("base_rate", _all(judged.on_list))):
        if judged.probability is not None:
            statistics[figure, "doubly_robust"] = _doubly_robust(judged, judged.probability, rows)
    drawn = replicate(statistics, judged.entities, replicates=replicates, seed=seed)
    value = {key: float(one(each_once(len(judged.raw)))[0]) for key, one in statistics.items()}
    found: dict[str, dict[str, Estimate]] = {}
    for (figure, way), replicated in drawn.items():
        found.setdefault(figure, {})[way] = _estimate(value[figure, way], replicated)
    if judged.arm is None:
        return found
    for figure, share in _shares_of_lot(judged, judged.arm).items():
        found[figure] |= _by_lot(share, found[figure])
    for way in ("plain", "weighted"):
        apart = value["auc", way] - value["auc", "drawn"]
        replicated = drawn["auc", way] - drawn["auc", "drawn"]
        found["auc"][f"{way}_less_drawn"] = _estimate(apart, replicated)
    return found


def _shares_of_lot(judged: Judged, arm: Outcomes) -> dict[str, Interval]:
    """Shares among those drawn by lot with Wilson's interval, of as many rows as their entities say."""
    found, listed = arm.positive, judged.on_list
    counted = {
        "precision": (found & listed, arm.observed & listed),
        "base_rate": (found, arm.observed),
        "recall": (found & listed, found),
    }
    return {
        figure: share_among(judged.entities, *rows)
        for figure, rows in counted.items()
        if rows[1].any()
    }


def _by_lot(share: Interval, ways: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """The share of those drawn by lot, and how far each other way lies from it."""
    found = {"drawn": share}
    for way, one in ways.items():
        if way == "drawn" or one.value is None or one.low is None or one.high is None:
            continue
        found[f"{way}_less_drawn"] = difference(Interval(one.value, one.low, one.high), share)
    return {way: Estimate(each.value, each.low, each.high) for way, each in found.items()}


def _ways(judged: Judged) -> dict[str, tuple[Floats, Outcomes]]:
    """Weight of each row and the outcomes it is counted by, for each way of estimating."""
    observed = judged.outcomes.observed
    ways = {
        "plain": (observed.astype(float), judged.outcomes),
        "weighted": (weights(observed, judged.propensity), judged.outcomes),
    }
    if judged.arm is not None:
        ways["drawn"] = (judged.arm.observed.astype(float), judged.arm)
    return ways


def _figures(judged: Judged, weight: Floats, outcomes: Outcomes) -> dict[str, Statistic]:
    found = weight * outcomes.positive
    listed = judged.on_list.astype(float)
    return {
        "precision": _ratio(found * listed, weight * listed),
        "base_rate": _ratio(found, weight),
        "recall": _ratio(found * listed, found),
        "auc": _mean_auc(judged, weight, outcomes),
    }


def _ratio(above: Floats, below: Floats) -> Statistic:
    """Weighted sum over weighted sum; NaN where the latter is 0."""
    rows = np.flatnonzero(below)
    return sums_over(rows, np.column_stack([above[rows], below[rows]]), quotient)


def _mean_auc(judged: Judged, weight: Floats, outcomes: Outcomes) -> Statistic:
    """AUC of each test date, averaged: scores of two dates come from two models."""
    parts = []
    for date in np.unique(judged.dates):
        rows = np.flatnonzero((judged.dates == date) & (weight > 0))
        parts.append((rows, auc(judged.raw[rows], outcomes.at(rows))))

    def statistic(drawn: Weights) -> Floats:
        each = [one(drawn[rows] * weight[rows, None]) for rows, one in parts]
        return np.asarray(np.mean(each, axis=0), dtype=np.float64)

    return statistic


def _doubly_robust(judged: Judged, probability: Floats, rows: Bools) -> Statistic:
    residual = judged.outcomes.positive - probability
    observed = weights(judged.outcomes.observed, judged.propensity)
    part = np.where(rows, probability + observed * residual, 0.0)
    raw = _ratio(part, rows.astype(float))
    return lambda drawn: np.clip(raw(drawn), 0.0, 1.0)


def _all(rows: Bools) -> Bools:
    return np.ones(len(rows), dtype=bool)


def _estimate(value: float, replicated: Floats) -> Estimate:
    """None where it cannot be told; draws that are all alike say nothing of how far it could move."""
    if not np.isfinite(value):
        return Estimate(None)
    if len(np.unique(replicated[np.isfinite(replicated)])) == 1:
        return Estimate(value)
    return Estimate(value, *(interval(replicated) or (None, None)))
