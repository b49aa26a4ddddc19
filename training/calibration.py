"""From scores to probabilities, judged always on rows that were not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from hearth.risk_model import Calibration
from training.estimator import Candidate
from training.examples import Examples
from training.metrics import fit_log_odds
from training.ranking import Bools, Floats, draw_lots
from training.splits import LabelPeriod

_LATEST_FOLDS = 3
"""Folds that calibrate: the latest, because base rates move and old ones mislead."""

_CROSS_FITS = 5
_ROWS_FOR_ISOTONIC = 1_000
"""Rows of the rarer class above which isotonic beats Platt (Niculescu-Mizil & Caruana 2005)."""


@dataclass(frozen=True)
class HeldOut:
    """Raw scores of rows that the scorer had not learnt from, with their outcomes.

    Attributes
    ----------
    raw
        Shape (n,).
    positive
        Shape (n,).
    how
        `forward` in time, or `cross-fitted` by entity.
    """

    raw: Floats
    positive: Bools
    how: str

    @property
    def base_rate(self) -> float:
        """Share with the outcome, in [0, 1]."""
        return float(self.positive.mean())


def hold_out(
    candidate: Candidate,
    examples: Examples,
    periods: Sequence[LabelPeriod],
    *,
    seed: int,
) -> HeldOut:
    """Scores of training rows, each by a scorer fitted without them.

    Forward in time where there are dates for it: each later date is scored by a scorer fitted
    on the dates whose labels were known by then. With one date only, entities are dealt into
    five parts by hash and each part is scored by a scorer fitted on the others.

    Parameters
    ----------
    candidate
        What is to be calibrated.
    examples
        Training rows; those with unknown outcomes are left out.
    periods
        Label periods of the training dates.
    seed
        Deals the entities where there is one date only.

    References
    ----------
    Bergmeir & Benítez (2012), "On the use of cross-validation for time series predictor
    evaluation", Information Sciences 191: 192-213.
    """
    seen = examples.observed()
    folds = [
        (seen.on(p.as_of for p in earlier), seen.on([later.as_of]))
        for later in sorted(periods)
        if (earlier := [p for p in periods if p.known_on <= later.as_of])
    ]
    usable = [fold for fold in folds if fold[0].has_both_classes][-_LATEST_FOLDS:]
    how = "forward"
    if not usable:
        part = draw_lots(seen.entities.tolist(), seed) % _CROSS_FITS
        dealt = [(seen.where(part != k), seen.where(part == k)) for k in range(_CROSS_FITS)]
        usable = [fold for fold in dealt if fold[0].has_both_classes]
        how = "cross-fitted"
    raw, positive = [np.empty(0)], [np.empty(0, dtype=bool)]
    for learnt_from, judged in usable:
        raw.append(judged.raw_scores(candidate.fit(learnt_from)))
        positive.append(judged.positive)
    return HeldOut(np.concatenate(raw), np.concatenate(positive), how)


def calibrate(held_out: HeldOut, *, is_log_odds: bool) -> Calibration:
    """Calibration fitted on held-out rows: isotonic where there are many, else Platt.

    A score that is no log-odds, as a rule's, is always calibrated by isotonic regression: only
    its order means something. No probability is 0 or 1: both ends are drawn in as Laplace's
    rule of succession does.

    Parameters
    ----------
    held_out
        Scores and outcomes of rows the scorer had not learnt from.
    is_log_odds
        Whether raw scores are log-odds.

    Raises
    ------
    ValueError
        If there are no rows.

    References
    ----------
    Platt (1999), in Advances in Large Margin Classifiers; Zadrozny & Elkan (2002), KDD.
    """
    if not len(held_out.raw):
        raise ValueError("there are no held-out rows to calibrate on")
    positives = int(held_out.positive.sum())
    rarer = min(positives, len(held_out.positive) - positives)
    if is_log_odds and rarer < _ROWS_FOR_ISOTONIC:
        return _platt(held_out.raw, held_out.positive)
    return _isotonic(held_out.raw, held_out.positive)


def _platt(raw: Floats, positive: Bools) -> Calibration:
    """Logistic regression on the score, its targets drawn in from 0 and 1 as Platt advises."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    target = np.where(positive, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, scale = float(raw.mean()), float(raw.std()) or 1.0
    design = np.column_stack([np.ones(len(raw)), (raw - centre) / scale])
    intercept, slope = fit_log_odds(design, target)
    slope = max(float(slope), 0.0) / scale  # a score that ranks backwards gets the base rate
    if slope == 0:
        share = float(target.mean())
        return Calibration("platt", slope=0.0, intercept=float(np.log(share / (1 - share))))
    return Calibration("platt", slope=slope, intercept=float(intercept) - slope * centre)


def _isotonic(raw: Floats, positive: Bools) -> Calibration:
    rows = len(raw)
    bounds = 1 / (rows + 2), (rows + 1) / (rows + 2)
    fitted = IsotonicRegression(y_min=bounds[0], y_max=bounds[1]).fit(raw, positive.astype(float))
    knots = zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
    return Calibration("isotonic", knots=tuple((float(x), float(y)) for x, y in knots))
