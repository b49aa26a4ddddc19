"""Scores of rows that were not learnt from: what turns scores into probabilities is judged on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth.risk_model import Scorer
from training.data.examples import Examples
from training.figures.ranking import Bools, Floats, Ints, draw_lots
from training.learners.estimator import Candidate
from training.validation.splits import LabelPeriod

_LATEST_FOLDS = 3
"""Folds forward in time: the latest, because what scores mean changes and old ones mislead."""

_LEAST_LEARNT = 0.45
"""Nearly half: of the rows the final scorer learns from, the share a fold's scorer must have learnt from: one that
saw far fewer spreads its scores otherwise, and its probabilities are not the final one's."""

_CROSS_FITS = 5


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
    weight
        Shape (n,). Under it the base rate of each date is the one that its scorer foresaw there:
        how scores spread is learnt apart from how base rates moved. 1 where none is foreseen.
    date, entity
        Shape (n,); codes from 0.
    """

    raw: Floats
    positive: Bools
    how: str
    weight: Floats
    date: Ints
    entity: Ints

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

    Forward in time where dates allow it: each later date is scored by a scorer fitted on the
    dates whose labels were known by then, as long as these hold nearly half of all rows. Where no date
    does, entities are dealt into five parts by hash and each part is scored by a scorer fitted on
    the others.

    Parameters
    ----------
    candidate
        What is to be calibrated.
    examples
        Training rows; those with unknown outcomes are left out.
    periods
        Label periods of the training dates.
    seed
        Deals the entities.

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
    usable = [
        fold
        for fold in folds
        if fold[0].has_both_classes and len(fold[0]) >= _LEAST_LEARNT * len(seen)
    ][-_LATEST_FOLDS:]
    how = "forward"
    if not usable:
        part = draw_lots(seen.entities.tolist(), seed) % _CROSS_FITS
        dealt = [(seen.where(part != k), seen.where(part == k)) for k in range(_CROSS_FITS)]
        usable = [fold for fold in dealt if fold[0].has_both_classes]
        how = "cross-fitted"
    raw, weight = [np.empty(0)], [np.empty(0)]
    for learnt_from, judged in usable:
        scorer = candidate.fit(learnt_from)
        raw.append(judged.raw_scores(scorer))
        foresees = how == "forward" and scorer.kind != "rule"
        one = np.ones(len(judged))
        weight.append(_weight(scorer, raw[-1], learnt_from, judged) if foresees else one)
    judged_on = [judged for _, judged in usable]
    return HeldOut(
        np.concatenate(raw),
        np.concatenate([np.empty(0, dtype=bool), *(each.positive for each in judged_on)]),
        how,
        np.concatenate(weight),
        _codes([each.as_of for each in judged_on]),
        _codes([each.entities for each in judged_on]),
    )


def _weight(scorer: Scorer, raw: Floats, learnt_from: Examples, judged: Examples) -> Floats:
    """Weights that give judged rows the base rate that their scorer, in log-odds, foresaw for them.

    What it foresaw is the base rate it had learnt, moved by as much as its own chances moved.

    References
    ----------
    Saerens, Latinne & Decaestecker (2002), "Adjusting the outputs of a classifier to new a priori
    probabilities", Neural Computation 14: 21-41.
    """
    if not judged.has_both_classes:
        return np.ones(len(judged))
    before, now = (float(rows.positive.mean()) for rows in (learnt_from, judged))
    foreseen = before * _chance(raw) / _chance(learnt_from.raw_scores(scorer))
    foreseen = min(foreseen, (1 + before) / 2)
    return np.asarray(np.where(judged.positive, foreseen / now, (1 - foreseen) / (1 - now)))


def _chance(raw: Floats) -> float:
    """Mean chance of rows by their scores in log-odds."""
    return float((1 / (1 + np.exp(-raw))).mean())


def _codes(parts: Sequence[npt.NDArray[np.generic]]) -> Ints:
    if not parts:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate(parts), return_inverse=True)[1].astype(np.int64)
