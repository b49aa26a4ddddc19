"""What a setting is judged by: LightGBM with it on every fold, at several numbers of trees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np

from hearth.definition import ModelDefinition
from hearth.risk_model import BoosterScorer
from training.data.examples import Examples
from training.figures.ranking import Floats
from training.learners.estimator import LightGBM
from training.search.folds import Fold, folds_of
from training.search.objective import Objective
from training.search.space import Parameters, numbers_of_trees, with_trees
from training.validation.splits import LabelPeriod

_OF_TIES = 1e-6
"""Weight of the average precision beside the metric: less than one row of a list of 100,000."""


@dataclass(frozen=True)
class Verdict:
    """What a setting came to on the folds judged so far, with the number of trees that did best.

    Attributes
    ----------
    trees
        That number.
    figures
        The figure that is maximised on each fold judged, earliest first.
    value
        What settings are compared by: the mean of the figures, and a little of the average
        precision so that level ones are told apart.
    """

    trees: int
    figures: tuple[float, ...]
    value: float


@dataclass(frozen=True)
class Judge:
    """The folds of a model, and the figure that a search maximises on them."""

    definition: ModelDefinition
    folds: tuple[Fold, ...]
    objective: Objective

    @classmethod
    def of(
        cls, definition: ModelDefinition, examples: Examples, periods: Sequence[LabelPeriod]
    ) -> "Judge":
        """Judge of a model; DataError where no date before the tests can be judged on."""
        folds = folds_of(definition, examples, periods)
        return cls(definition, folds, Objective.of(definition, folds))

    def verdicts(self, parameters: Parameters) -> Iterator[Verdict]:
        """Verdict after each fold, earliest first."""
        numbers, found = numbers_of_trees(self.definition.learner), []
        for fold in self.folds:
            found.append(self._figures(fold, parameters))
            means = np.mean(found, axis=0)
            values = means[:, 0] + _OF_TIES * means[:, 1]
            best = int(values.argmax())
            figures = tuple(float(each[best, 0]) for each in found)
            yield Verdict(numbers[best], figures, float(values[best]))

    def scores(self, fold: Fold, parameters: Parameters) -> Floats:
        """Raw scores of everybody judged on a fold, by trees with these parameters and no others."""
        return fold.judged.raw_scores(self._fit(fold, parameters))

    def _figures(self, fold: Fold, parameters: Parameters) -> Floats:
        """The figure and the average precision for every number of trees, cut from one fit."""
        numbers = numbers_of_trees(self.definition.learner)
        grown = self._fit(fold, with_trees(parameters, max(numbers))).booster
        raws = np.vstack([_by_trees(grown, rows, numbers) for rows in fold.judged.rows.batches()])
        return np.array([self.objective.figures(fold.cohort, raw) for raw in raws.T])

    def _fit(self, fold: Fold, parameters: Parameters) -> BoosterScorer:
        learner = self.definition.learner
        monotone = {name: held.direction for name, held in learner.monotone.items()}
        trees = LightGBM(
            fold.judged.features, seed=learner.seed, parameters=parameters, monotone=monotone
        )
        return trees.fit(fold.learnt_from())


def _by_trees(grown: lightgbm.Booster, rows: Floats, numbers: Sequence[int]) -> Floats:
    """Log-odds of rows by the first so many trees, shape (rows, numbers)."""
    stages = [
        grown.predict(
            rows, raw_score=True, start_iteration=start, num_iteration=end - start, num_threads=1
        )
        for start, end in zip((0, *numbers), numbers, strict=False)
    ]
    return np.cumsum(np.column_stack([np.asarray(each) for each in stages]), axis=1)
