"""The figures a ranking is judged by, each a function of how often every row is drawn.

With weights of one a figure is the plain estimate; with bootstrap weights it is its replicates.
A row nobody looked at takes its place on the list but is never counted as a negative.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.figures import loops
from training.figures.bootstrap import Statistic, Weights, sums_over
from training.figures.ranking import Bools, Floats, Ints

_LEAST_PROBABILITY = 1e-12
_NEWTON_STEPS = 50


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


def divide(above: Floats, below: Floats) -> Floats:
    """Quotients; NaN where nothing is divided by."""
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def quotient(sums: Floats) -> Floats:
    """First of two sums over the second."""
    return divide(sums[0], sums[1])


def _listed(order: Ints, outcomes: Outcomes, share: float) -> Callable[[Weights], Floats]:
    """From weights to who is on the list: nobody looked, without the outcome, with it; by replicate."""
    kind = (outcomes.observed.astype(np.int8) + outcomes.positive)[order]
    everybody = np.sort(order)

    def found(weights: Weights) -> Floats:
        return loops.listed(weights, order, kind, share * loops.drawn(weights, everybody))

    return found


def precision_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share with the outcome among those on the list who were looked at, in [0, 1].

    Parameters
    ----------
    order
        Row numbers, first on the list first; of everybody, or of those to be ranked.
    outcomes
        Of everybody, shape (n,).
    share
        Length of the list as a share of those ranked, in (0, 1].
    """
    listed = _listed(order, outcomes, share)

    def statistic(weights: Weights) -> Floats:
        _, without, found = listed(weights)
        return divide(found, found + without)

    return statistic


def lift_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Precision of the list over the base rate of those looked at; 1 is a random order's."""
    precision = precision_at(order, outcomes, share)
    positives, seen = np.flatnonzero(outcomes.positive), np.flatnonzero(outcomes.observed)

    def statistic(weights: Weights) -> Floats:
        base_rate = divide(loops.drawn(weights, positives), loops.drawn(weights, seen))
        return divide(precision(weights), base_rate)

    return statistic


def recall_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share on the list among those known to have the outcome, in [0, 1].

    Where not everybody was looked at this is the recall of *known* cases; the recall of all
    cases is then not identified (Lakkaraju et al. 2017, "The selective labels problem").
    """
    listed, positives = _listed(order, outcomes, share), np.flatnonzero(outcomes.positive)

    def statistic(weights: Weights) -> Floats:
        return divide(listed(weights)[2], loops.drawn(weights, positives))

    return statistic


def observed_at(order: Ints, outcomes: Outcomes, share: float) -> Statistic:
    """Share of the list that was looked at, in [0, 1]."""
    listed = _listed(order, outcomes, share)

    def statistic(weights: Weights) -> Floats:
        found = listed(weights)
        return divide(found[1:].sum(axis=0), found.sum(axis=0))

    return statistic


@dataclass(frozen=True)
class _Blocks:
    """Rows looked at, from the highest score; which have the outcome; the last of equal scores."""

    rows: Ints
    positive: Bools
    ends: Bools

    @classmethod
    def of(cls, scores: Floats, outcomes: Outcomes) -> "_Blocks":
        rows = np.flatnonzero(outcomes.observed)
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        ranked = scores[rows]
        ends = np.append(ranked[1:] != ranked[:-1], True)[: len(rows)]
        return cls(rows, outcomes.positive[rows], ends)


def auc(scores: Floats, outcomes: Outcomes) -> Statistic:
    """Chance that a positive is scored above a negative, ties counting half, in [0, 1].

    References
    ----------
    Hanley & McNeil (1982), Radiology 143: 29-36.
    """
    blocks = _Blocks.of(scores, outcomes)

    def statistic(weights: Weights) -> Floats:
        wins, positive, negative = loops.wins(weights, blocks.rows, blocks.positive, blocks.ends)
        return divide(wins, positive * negative)

    return statistic


def average_precision(scores: Floats, outcomes: Outcomes) -> Statistic:
    """Precision at each block of equal score, averaged over the positives found there, in [0, 1].

    As scikit-learn computes it: no interpolation.
    """
    blocks = _Blocks.of(scores, outcomes)

    return lambda weights: quotient(loops.gains(weights, blocks.rows, blocks.positive, blocks.ends))


def brier(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Mean squared distance of probability from outcome, in [0, 1]; less is better.

    References
    ----------
    Brier (1950), Monthly Weather Review 78: 1-3.
    """
    seen = np.flatnonzero(outcomes.observed)
    squared = (probabilities[seen] - outcomes.positive[seen]) ** 2

    return sums_over(seen, np.column_stack([squared, np.ones(len(seen))]), quotient)


def predicted_over_actual(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Positives predicted for each that came true; 1 is right, above 1 is too many."""
    seen = np.flatnonzero(outcomes.observed)
    columns = np.column_stack([probabilities[seen], outcomes.positive[seen]])
    return sums_over(seen, columns, quotient)


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
