"""How many days sooner outcomes would have been found, had visits been made in order of score."""

import numpy as np
import numpy.typing as npt

from training.bootstrap import Statistic, Weights
from training.metrics import Outcomes
from training.ranking import Floats


def days_earlier(
    scores: Floats, visited_on: npt.NDArray[np.datetime64], outcomes: Outcomes
) -> Statistic:
    """Mean over positives of the day they were found on, less the day in order of score, in days.

    The visits that were made are made again on the same days, as many on each day as there were,
    but the highest score first. Rows of equal score share their days evenly, which is what lots
    give on average. NaN where no positive was visited.

    Parameters
    ----------
    scores
        Shape (n,); higher is visited sooner.
    visited_on
        Shape (n,), datetime64[D]; day of the visit that decided the outcome, NaT where there was
        none or nobody looked.
    outcomes
        Of the same rows.

    References
    ----------
    City of Chicago (2015), "Food inspections evaluation": critical violations found 7 days sooner.
    """
    made = np.flatnonzero(outcomes.observed & ~np.isnat(visited_on))
    days = visited_on[made].astype("datetime64[D]").astype(np.int64).astype(float)
    days = days - days.min() if len(days) else days
    by_day = np.argsort(days, kind="stable")
    by_score = np.argsort(-scores[made], kind="stable")
    ranked = scores[made][by_score]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(made) else made
    positive = outcomes.positive[made].astype(float)

    def of_draw(weights: Floats) -> float:
        found = weights * positive
        total = found.sum()
        if total == 0:
            return float("nan")
        drawn = np.add.reduceat(weights[by_score], starts)
        ends = np.cumsum(drawn)
        # area under the schedule up to each end: days of all visits made by then, added up
        places = np.r_[0.0, np.cumsum(weights[by_day])]
        area = np.r_[0.0, np.cumsum(weights[by_day] * days[by_day])]
        spent = np.diff(np.interp(ends, places, area), prepend=0.0)
        share = np.add.reduceat(found[by_score], starts) / np.where(drawn > 0, drawn, 1.0)
        return float((found @ days - share @ spent) / total)

    def statistic(weights: Weights) -> Floats:
        return np.array([of_draw(draw) for draw in weights[made].T.astype(float)], dtype=float)

    return statistic
