"""The figures a ranking is judged by, each a function of how often every row is drawn.

With weights of one a figure is the plain estimate; with bootstrap weights it is its replicates.
A row nobody looked at takes its place on the list but is never counted as a negative.
"""

from dataclasses import dataclass

import numpy as np

from training.bootstrap import Statistic
from training.ranking import Bools, Floats, Ints

_LEAST_PROBABILITY = 1e-12
_NEWTON_STEPS = 50
_SPREAD = 6  # standard deviations: how much further than expected a drawn list may reach


@dataclass(frozen=True)
class Outcomes:
    """What is known of a cohort's outcomes.

    Attributes
    ----------
    positive
        Shape (n,); True where the outcome was seen, False where it was not or is unknown.
    observed
        Shape (n,); True where somebody looked.
    """

    positive: Bools
    observed: Bools

    def __post_init__(self) -> None:
        if (self.positive & ~self.observed).any():
            raise ValueError("a row nobody looked at cannot have a known outcome")

    @property
    def negative(self) -> Bools:
        """Rows looked at and found without the outcome."""
        return self.observed & ~self.positive

    @property
    def base_rate(self) -> float:
        """Share with the outcome among rows looked at, in [0, 1]; NaN if there are none."""
        seen = int(self.observed.sum())
        return float(self.positive.sum() / seen) if seen else float("nan")

    def at(self, rows: Ints | Bools) -> "Outcomes":
        """Outcomes of some of the rows."""
        return Outcomes(self.positive[rows], self.observed[rows])


def _divide(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _drawn_into_list(weights: Floats, order: Ints, share: float) -> tuple[Floats, Ints]:
    """Weight of the rows, in rank order, that falls within `share` of all weight, and those rows.

    Only the head of the ranking is looked at: as far as the list reaches in any replicate.
    """
    length = share * weights.sum(axis=1, keepdims=True)
    expected = share * len(order)
    head = min(len(order), int(expected + _SPREAD * np.sqrt(expected)) + 1)
    while True:
        ranked = weights[:, order[:head]]
        reached = np.cumsum(ranked, axis=1)
        if head == len(order) or (reached[:, -1:] >= length).all():
            break
        head = min(len(order), 2 * head)
    listed: Floats = np.clip(length - (reached - ranked), 0, ranked)
    return listed, order[:head]


def precision_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share with the outcome among those on the list who were looked at, in [0, 1].

    Parameters
    ----------
    order
        Shape (n,); row numbers, first on the list first.
    outcomes
        Of the same rows.
    share
        Length of the list as a share of the cohort, in (0, 1].
    """

    def statistic(weights: Floats) -> Floats:
        listed, rows = _drawn_into_list(weights, order, share)
        found = outcomes.at(rows)
        return _divide(listed @ found.positive.astype(float), listed @ found.observed.astype(float))

    return statistic


def recall_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share on the list among those known to have the outcome, in [0, 1].

    Where not everybody was looked at this is the recall of *known* cases; the recall of all
    cases is then not identified (Lakkaraju et al. 2017, "The selective labels problem").
    """
    positives = np.flatnonzero(outcomes.positive)

    def statistic(weights: Floats) -> Floats:
        listed, rows = _drawn_into_list(weights, order, share)
        found = listed @ outcomes.positive[rows].astype(float)
        return _divide(found, weights[:, positives].sum(axis=1))

    return statistic


def observed_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share of the list that was looked at, in [0, 1]."""

    def statistic(weights: Floats) -> Floats:
        listed, rows = _drawn_into_list(weights, order, share)
        return _divide(listed @ outcomes.observed[rows].astype(float), listed.sum(axis=1))

    return statistic


@dataclass(frozen=True)
class _Blocks:
    """Rows looked at, sorted from the highest score, in blocks of equal score."""

    rows: Ints
    starts: Ints
    positive: Floats
    negative: Floats

    @classmethod
    def of(cls, scores: Floats, outcomes: Outcomes) -> "_Blocks":
        rows = np.flatnonzero(outcomes.observed)
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        ranked = scores[rows]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(rows) else rows
        seen = outcomes.at(rows)
        return cls(rows, starts, seen.positive.astype(float), seen.negative.astype(float))

    def totals(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of negatives in each block, shape (replicates, blocks)."""
        ranked = weights[:, self.rows]
        return (
            np.add.reduceat(ranked * self.positive, self.starts, axis=1),
            np.add.reduceat(ranked * self.negative, self.starts, axis=1),
        )


def auc(scores: Floats, outcomes: Outcomes) -> Statistic:
    """Chance that a positive is scored above a negative, ties counting half, in [0, 1].

    References
    ----------
    Hanley & McNeil (1982), Radiology 143: 29-36.
    """
    blocks = _Blocks.of(scores, outcomes)

    def statistic(weights: Floats) -> Floats:
        positive, negative = blocks.totals(weights)
        below = negative.sum(axis=1, keepdims=True) - np.cumsum(negative, axis=1)
        wins = (positive * (below + negative / 2)).sum(axis=1)
        return _divide(wins, positive.sum(axis=1) * negative.sum(axis=1))

    return statistic


def average_precision(scores: Floats, outcomes: Outcomes) -> Statistic:
    """Precision at each block of equal score, averaged over the positives found there, in [0, 1].

    As scikit-learn computes it: no interpolation.
    """
    blocks = _Blocks.of(scores, outcomes)

    def statistic(weights: Floats) -> Floats:
        positive, negative = blocks.totals(weights)
        found = np.cumsum(positive, axis=1)
        precision = _divide(found, found + np.cumsum(negative, axis=1))
        gained = np.where(positive > 0, positive * precision, 0.0).sum(axis=1)
        return _divide(gained, positive.sum(axis=1))

    return statistic


def brier(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Mean squared distance of probability from outcome, in [0, 1]; less is better.

    References
    ----------
    Brier (1950), Monthly Weather Review 78: 1-3.
    """
    seen = np.flatnonzero(outcomes.observed)
    squared = (probabilities[seen] - outcomes.positive[seen]) ** 2

    def statistic(weights: Floats) -> Floats:
        drawn = weights[:, seen]
        return _divide(drawn @ squared, drawn.sum(axis=1))

    return statistic


def predicted_over_actual(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Positives predicted for each that came true; 1 is right, above 1 is too many."""
    seen = np.flatnonzero(outcomes.observed)
    expected, positive = probabilities[seen], outcomes.positive[seen].astype(float)

    def statistic(weights: Floats) -> Floats:
        drawn = weights[:, seen]
        return _divide(drawn @ expected, drawn @ positive)

    return statistic


def log_odds(probabilities: Floats) -> Floats:
    """Natural log odds of probabilities, those at 0 and 1 drawn in by 1e-12."""
    bounded = np.clip(probabilities, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return np.log(bounded) - np.log1p(-bounded)


def fit_log_odds(
    design: Floats, target: Floats, *, weight: Floats | None = None, ridge: float = 1e-9
) -> Floats:
    """Coefficients of a logistic regression by Newton's method.

    Parameters
    ----------
    design
        Shape (n, p), the intercept's column of ones included.
    target
        Shape (n,), in [0, 1]; shares are allowed.
    weight
        Shape (n,), not negative; 1 for all if not given.
    ridge
        Keeps the fit finite where the classes are separable.
    """
    coefficients = np.zeros(design.shape[1])
    weight = np.ones(len(target)) if weight is None else weight
    for _ in range(_NEWTON_STEPS):
        linear = np.clip(design @ coefficients, -30, 30)
        fitted = 1 / (1 + np.exp(-linear))
        gradient = design.T @ (weight * (target - fitted)) - ridge * coefficients
        spread = weight * fitted * (1 - fitted)
        curvature = (design * spread[:, None]).T @ design + ridge * np.eye(design.shape[1])
        step = np.linalg.solve(curvature, gradient)
        size = np.abs(step).max()
        coefficients = coefficients + step * min(1.0, 5.0 / max(size, 1e-300))
        if size < 1e-10:  # noqa: PLR2004 - converged
            break
    return coefficients
