"""The best that one feature can do: what a model of many must beat to be worth its weight."""

from collections.abc import Sequence

import numpy as np

from hearth.definition import Baseline
from hearth.risk_model import FeatureSpec, RuleScorer
from training.data.examples import Examples
from training.figures import metrics
from training.figures.bootstrap import each_once
from training.figures.ranking import Bools
from training.learners.baselines import Rule

_ROWS_THAT_CHOOSE = 50_000
"""Enough to tell one feature from another; more would cost a sort of every column and no less doubt."""


class BestFeature:
    """The one number, and direction, that ranks training rows best by average precision.

    Everybody is scored by the value, missing values last. The percentile of the value on its date
    is the same order, and isotonic calibration makes the same probabilities of either; the value
    is what a caseworker can be told.
    """

    name = "best single feature"
    complexity = 0

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._rules = [
            Rule(Baseline(name=self.name, rank_by=feature.name, order=order), features)
            for feature in features
            if feature.kind == "number"
            for order in ("highest_first", "lowest_first")
        ]

    def fit(self, seen: Examples) -> RuleScorer:
        """The rule that ranks these rows best; the first of those that do so equally."""
        sample = seen.where(_evenly(len(seen), _ROWS_THAT_CHOOSE))
        best = max(self._rules, key=lambda rule: _average_precision(rule.fit(sample), sample))
        return best.fit(seen)


def _evenly(rows: int, wanted: int) -> Bools:
    """Which rows to take so that `wanted` of them lie evenly over all; all where there are fewer."""
    kept = np.zeros(rows, dtype=np.bool_)
    kept[np.linspace(0, rows - 1, min(rows, wanted)).astype(np.int64)] = True
    return kept


def _average_precision(rule: RuleScorer, rows: Examples) -> float:
    statistic = metrics.average_precision(rows.raw_scores(rule), rows.outcomes)
    return float(statistic(each_once(len(rows)))[0])
