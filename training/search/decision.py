"""Whether the best that was tried is ahead of the house's own settings."""

from collections.abc import Sequence

import numpy as np

from training.figures.bootstrap import Statistic, Weights, each_once, interval, replicate
from training.figures.comparison import Difference
from training.figures.ranking import Floats
from training.search.judge import Judge
from training.search.space import Parameters

BEST, HOUSE = "best tried", "house settings"


def against_house(judge: Judge, best: Parameters) -> Difference:
    """How far the best trial is ahead of the definition's own settings, with its 95 % interval.

    Both are judged on the same folds and the same draws of entities. The interval is that of one
    comparison named beforehand, and knows nothing of the other trials: the best of many is
    flattered by chance, so being ahead with the whole of it is the least that is asked.

    References
    ----------
    Cawley & Talbot (2010), "On over-fitting in model selection and subsequent selection bias in
    performance evaluation", Journal of Machine Learning Research 11: 2079-2107.
    """
    learner, folds = judge.definition.learner, judge.folds
    statistics = {
        name: _over_folds(judge, [judge.scores(fold, own) for fold in folds])
        for name, own in ((BEST, best), (HOUSE, learner.parameters))
    }
    entities = np.concatenate([fold.judged.entities for fold in folds])
    _, codes = np.unique(entities, return_inverse=True)
    drawn = replicate(statistics, codes.astype(np.int64), seed=learner.seed)
    once = each_once(len(codes))
    value = float((statistics[BEST](once) - statistics[HOUSE](once))[0])
    bounds = interval(drawn[BEST] - drawn[HOUSE]) if np.isfinite(value) else None
    known = value if np.isfinite(value) else None
    return Difference(BEST, HOUSE, judge.objective.metric, known, *(bounds or (None, None)))


def is_ahead(difference: Difference) -> bool:
    """Whether the whole interval lies above nought."""
    return difference.low is not None and difference.low > 0


def _over_folds(judge: Judge, raws: Sequence[Floats]) -> Statistic:
    ends = np.cumsum([len(raw) for raw in raws])
    parts = [
        (slice(end - len(raw), end), judge.objective.statistic(fold.cohort, raw))
        for fold, raw, end in zip(judge.folds, raws, ends, strict=True)
    ]

    def statistic(weights: Weights) -> Floats:
        found: Floats = np.mean([part(weights[rows]) for rows, part in parts], axis=0)
        return found

    return statistic
