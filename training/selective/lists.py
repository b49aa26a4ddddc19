"""The lists of a training, date under date, with how likely each row was to be looked at."""

from collections.abc import Sequence

import numpy as np

from training.data.examples import Examples
from training.experiment import SplitResult
from training.figures.metrics import Outcomes
from training.learners.estimator import LightGBM
from training.selective.corrected import Judged
from training.selective.propensity import propensities
from training.validation.splits import LabelPeriod

_ROUNDS = 100
"""Trees of the propensity; fixed, and few, because it is to be smooth rather than sharp."""


def judged_lists(
    splits: Sequence[SplitResult],
    chosen: str,
    examples: Examples,
    periods: Sequence[LabelPeriod],
    *,
    seed: int,
) -> Judged:
    """Everybody on every test date as the chosen candidate ranked them.

    Parameters
    ----------
    splits, chosen
        Test dates, and the name of the candidate whose lists they are.
    examples, periods
        All rows, and the dates whose outcomes are known: propensities are learnt from those.
    seed
        Of the propensity's folds and trees.
    """
    known = examples.on(period.as_of for period in periods)
    learner = LightGBM(known.features, seed=seed, parameters={"num_iterations": _ROUNDS})
    chance = propensities(known, learner.fit, seed=seed)
    tests = [result.test for result in splits]
    arms = [test.arm for test in tests if test.arm is not None]
    probabilities = [result.scores[chosen].probability for result in splits]
    _, entities = np.unique(np.concatenate([t.entities for t in tests]), return_inverse=True)
    return Judged(
        entities=entities.astype(np.int64),
        dates=np.repeat(np.arange(len(tests)), [len(test) for test in tests]),
        on_list=np.concatenate(
            [r.cohort.selected(r.cohort.order(r.scores[chosen].raw)) for r in splits]
        ),
        raw=np.concatenate([result.scores[chosen].raw for result in splits]),
        probability=None
        if any(each is None for each in probabilities)
        else np.concatenate([each for each in probabilities if each is not None]),
        outcomes=_stacked([test.outcomes for test in tests]),
        propensity=np.concatenate(
            [chance[known.as_of == np.datetime64(r.split.test.as_of)] for r in splits]
        ),
        arm=_stacked(arms) if arms else None,
    )


def _stacked(outcomes: Sequence[Outcomes]) -> Outcomes:
    return Outcomes(
        np.concatenate([each.positive for each in outcomes]),
        np.concatenate([each.observed for each in outcomes]),
    )
