"""What a search maximises: the success metric at capacity, or a steadier figure where hits are few."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hearth.definition import ModelDefinition
from training.figures import metrics
from training.figures.bootstrap import Statistic, each_once
from training.figures.evaluation import Cohort
from training.figures.ranking import Floats
from training.search.folds import Fold

AVERAGE_PRECISION = "average_precision"

_FEWEST_HITS = 100
"""Below it one row more or less on the list is a percent of the figure: chance would choose."""


def _average_precision(cohort: Cohort, raw: Floats) -> Statistic:
    return metrics.average_precision(raw, cohort.outcomes)


_STATISTICS: Mapping[str, Callable[[Cohort, Floats], Statistic]] = {
    "precision_at_capacity": lambda cohort, raw: metrics.precision_at(
        cohort.order(raw), cohort.outcomes, cohort.share
    ),
    "recall_at_capacity": lambda cohort, raw: metrics.recall_at(
        cohort.order(raw), cohort.outcomes, cohort.share
    ),
    AVERAGE_PRECISION: _average_precision,
}


@dataclass(frozen=True)
class Objective:
    """The figure that is maximised, as a mean over folds; level trials are told apart by average precision."""

    metric: str

    @classmethod
    def of(cls, definition: ModelDefinition, folds: Sequence[Fold]) -> "Objective":
        """The definition's success metric, or average precision where hits are too few to choose by.

        The hits counted are those of a perfect list: what any setting could reach on all folds.
        """
        hits = sum(min(f.cohort.capacity, int(f.cohort.outcomes.positive.sum())) for f in folds)
        return cls(AVERAGE_PRECISION if hits < _FEWEST_HITS else definition.success.metric)

    def statistic(self, cohort: Cohort, raw: Floats) -> Statistic:
        """The figure as a function of how often each row is drawn."""
        return _STATISTICS[self.metric](cohort, raw)

    def figures(self, cohort: Cohort, raw: Floats) -> tuple[float, float]:
        """The figure and the average precision; 0 where nobody on the list was looked at."""
        once = each_once(len(raw))
        found = [s(once)[0] for s in (self.statistic(cohort, raw), _average_precision(cohort, raw))]
        value, steady = np.nan_to_num(found)
        return float(value), float(steady)
