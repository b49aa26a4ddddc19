"""How candidates did on a test cohort: figures at capacity first, each with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from training.figures import calibration_figures, metrics
from training.figures.bootstrap import REPLICATES, Statistic, each_once, interval, replicate
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats, Ints, draw_lots, order_by_score
from training.figures.schedule import days_earlier
from training.figures.ties import Ties, ties_at

_PUBLISHED_LIST = 100
_PUBLISHED_SHARE = 0.1
_ERROR = "expected_calibration_error"


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval; None where the data cannot say."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Cohort:
    """Everybody scored at one test as-of date.

    Attributes
    ----------
    entities
        n entity identifiers, each once.
    outcomes
        Of the same n rows.
    capacity
        Length of the list, 1 … n.
    seed
        Orders ties and draws the bootstrap.
    visited_on
        Shape (n,), datetime64[D]; day of the visit that decided each outcome, where visits are
        made to a daily schedule that could be put in another order. None elsewhere.
    """

    entities: Sequence[str]
    outcomes: Outcomes
    capacity: int
    seed: int = 0
    visited_on: npt.NDArray[np.datetime64] | None = None
    lots: npt.NDArray[np.uint64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.capacity <= len(self.entities):
            raise ValueError(f"capacity is {self.capacity} in a cohort of {len(self.entities)}")
        object.__setattr__(self, "lots", draw_lots(self.entities, self.seed))

    @property
    def share(self) -> float:
        """Capacity as a share of the cohort, in (0, 1]."""
        return self.capacity / len(self.entities)

    def order(self, scores: Floats) -> Ints:
        """Row numbers, first on the list first; ties by lot."""
        return order_by_score(scores, self.lots)

    def selected(self, order: Ints) -> Bools:
        """Rows within capacity, shape (n,)."""
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[: self.capacity]] = True
        return chosen


@dataclass(frozen=True)
class Scores:
    """One candidate's view of a test cohort.

    Attributes
    ----------
    raw
        Shape (n,); what rows are ranked by, higher first.
    probability
        Shape (n,), in [0, 1]; None where the candidate gives none.
    """

    raw: Floats
    probability: Floats | None = None


_AT_CAPACITY = ("precision_at_capacity", "recall_at_capacity")
_OTHERS = (
    "lift",
    "precision_at_100",
    "precision_at_10pct",
    "observed_share_of_list",
    "auc",
    "average_precision",
    "brier",
    "predicted_over_actual",
    "calibration_in_the_large",
    "calibration_intercept",
    "calibration_slope",
    "expected_calibration_error",
    "days_earlier",
)


@dataclass(frozen=True)
class CandidateFigures:
    """What one candidate achieved on one test cohort.

    `precision_at_100` and `precision_at_10pct` rank only the rows that were looked at, as
    published references do; figures at capacity rank the whole cohort.
    """

    precision_at_capacity: Estimate
    recall_at_capacity: Estimate
    lift: Estimate
    precision_at_100: Estimate
    precision_at_10pct: Estimate
    observed_share_of_list: Estimate
    auc: Estimate
    average_precision: Estimate
    brier: Estimate
    predicted_over_actual: Estimate
    calibration_in_the_large: Estimate
    calibration_intercept: Estimate
    calibration_slope: Estimate
    expected_calibration_error: Estimate
    days_earlier: Estimate
    calibration_error_by_chance: float | None
    precision_by_ties: Ties
    recall_by_ties: Ties
    lift_by_ties: Ties

    def as_json(self) -> dict[str, Any]:
        """Figures as metrics.json holds them."""
        return {
            **{name: asdict(getattr(self, name)) for name in _AT_CAPACITY},
            **{name: getattr(self, name).value for name in _OTHERS},
            "calibration_error_by_chance": self.calibration_error_by_chance,
            "precision_if_ties_fell": self.precision_by_ties.as_json(),
            "recall_if_ties_fell": self.recall_by_ties.as_json(),
            "lift_if_ties_fell": self.lift_by_ties.as_json(),
            "intervals": {name: asdict(getattr(self, name)) for name in _OTHERS},
        }


def evaluate(
    cohort: Cohort,
    candidates: Mapping[str, Scores],
    *,
    replicates: int = REPLICATES,
) -> dict[str, CandidateFigures]:
    """Figures of every candidate on one test cohort, all from the same bootstrap draws.

    Parameters
    ----------
    cohort
        Who was scored, and what is known of their outcomes.
    candidates
        Scores by candidate name.
    replicates
        Bootstrap replicates; 0 leaves the intervals out.

    Returns
    -------
    dict of candidate name to CandidateFigures
    """
    orders = {name: cohort.order(scores.raw) for name, scores in candidates.items()}
    statistics = {
        (name, figure): statistic
        for name, scores in candidates.items()
        for figure, statistic in _statistics(cohort, scores, orders[name]).items()
    }
    codes = np.arange(len(cohort.entities), dtype=np.int64)
    drawn = replicate(statistics, codes, replicates=replicates, seed=cohort.seed)
    return {
        name: _figures(
            cohort,
            scores,
            {
                figure: _estimate(figure, statistic, len(codes), drawn[owner, figure])
                for (owner, figure), statistic in statistics.items()
                if owner == name
            },
        )
        for name, scores in candidates.items()
    }


def _statistics(cohort: Cohort, scores: Scores, order: Ints) -> dict[str, Statistic]:
    outcomes = cohort.outcomes
    found = {
        "precision_at_capacity": metrics.precision_at(order, outcomes, cohort.share),
        "recall_at_capacity": metrics.recall_at(order, outcomes, cohort.share),
        "lift": metrics.lift_at(order, outcomes, cohort.share),
        "observed_share_of_list": metrics.observed_at(order, outcomes, cohort.share),
        "auc": metrics.auc(scores.raw, outcomes),
        "average_precision": metrics.average_precision(scores.raw, outcomes),
    }
    seen = order[outcomes.observed[order]]
    lengths = {
        "precision_at_100": _PUBLISHED_LIST,
        "precision_at_10pct": int(_PUBLISHED_SHARE * len(seen)),
    }
    for name, length in lengths.items():
        if 0 < length <= len(seen):
            found[name] = metrics.precision_at(seen, outcomes, length / len(seen))
    probability = scores.probability
    if probability is not None:
        found["brier"] = metrics.brier(probability, outcomes)
        found["predicted_over_actual"] = metrics.predicted_over_actual(probability, outcomes)
        found["calibration_in_the_large"] = calibration_figures.in_the_large(probability, outcomes)
        found["calibration_intercept"] = calibration_figures.intercept(probability, outcomes)
        found["calibration_slope"] = calibration_figures.slope(probability, outcomes)
        found[_ERROR] = calibration_figures.expected_error(probability, outcomes)
    if cohort.visited_on is not None:
        found["days_earlier"] = days_earlier(scores.raw, cohort.visited_on, outcomes)
    return found


def _figures(cohort: Cohort, scores: Scores, estimates: Mapping[str, Estimate]) -> CandidateFigures:
    outcomes = cohort.outcomes
    by_chance = None
    if scores.probability is not None:
        by_chance = _finite(calibration_figures.error_by_chance(scores.probability, outcomes))
    precision_by_ties, recall_by_ties = ties_at(scores.raw, outcomes, cohort.capacity)
    over_chance = 1 / outcomes.base_rate if outcomes.base_rate > 0 else float("nan")
    return CandidateFigures(
        **{name: estimates.get(name, Estimate(None)) for name in (*_AT_CAPACITY, *_OTHERS)},
        calibration_error_by_chance=by_chance,
        precision_by_ties=precision_by_ties,
        recall_by_ties=recall_by_ties,
        lift_by_ties=precision_by_ties.times(over_chance),
    )


def _estimate(figure: str, statistic: Statistic, rows: int, drawn: Floats) -> Estimate:
    value = _finite(statistic(each_once(rows))[0])
    bounds = interval(drawn) if value is not None else None
    if value is None or bounds is None:
        return Estimate(value)
    low, high = bounds
    # chance adds to it, and again in each replicate: the basic interval takes that off again
    if figure == _ERROR:
        low, high = max(0.0, 2 * value - high), max(0.0, 2 * value - low)
    return Estimate(value, low, high)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
