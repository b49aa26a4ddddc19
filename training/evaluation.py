"""How candidates did on a test cohort: figures at capacity first, each with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from training import metrics
from training.bootstrap import REPLICATES, Statistic, interval, replicate
from training.metrics import Outcomes
from training.ranking import Bools, Floats, Ints, draw_lots, order_by_score

_PUBLISHED_LIST = 100
_PUBLISHED_SHARE = 0.1


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
    """

    entities: Sequence[str]
    outcomes: Outcomes
    capacity: int
    seed: int = 0
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


@dataclass(frozen=True)
class CandidateFigures:
    """What one candidate achieved on one test cohort.

    `precision_at_100` and `precision_at_10pct` rank only the rows that were looked at, as
    published references do; figures at capacity rank the whole cohort.
    """

    precision_at_capacity: Estimate
    recall_at_capacity: Estimate
    auc: Estimate
    average_precision: Estimate
    brier: Estimate
    predicted_over_actual: Estimate
    lift: float | None
    calibration_slope: float | None
    precision_at_100: float | None
    precision_at_10pct: float | None
    observed_share_of_list: float | None
    precision_by_ties: tuple[float | None, float | None]

    def as_json(self) -> dict[str, Any]:
        """Figures as metrics.json holds them."""
        plain = ("auc", "average_precision", "brier", "predicted_over_actual")
        return {
            "precision_at_capacity": _parts(self.precision_at_capacity),
            "recall_at_capacity": _parts(self.recall_at_capacity),
            **{name: getattr(self, name).value for name in plain},
            "lift": self.lift,
            "calibration_slope": self.calibration_slope,
            "precision_at_100": self.precision_at_100,
            "precision_at_10pct": self.precision_at_10pct,
            "observed_share_of_list": self.observed_share_of_list,
            "precision_if_ties_fell": {
                "worst": self.precision_by_ties[0],
                "best": self.precision_by_ties[1],
            },
            "intervals": {name: _parts(getattr(self, name)) for name in plain},
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
            orders[name],
            {
                figure: _estimate(statistics[owner, figure], len(codes), drawn[owner, figure])
                for owner, figure in statistics
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
        "auc": metrics.auc(scores.raw, outcomes),
        "average_precision": metrics.average_precision(scores.raw, outcomes),
    }
    if scores.probability is not None:
        found["brier"] = metrics.brier(scores.probability, outcomes)
        found["predicted_over_actual"] = metrics.predicted_over_actual(scores.probability, outcomes)
    return found


def _figures(
    cohort: Cohort, scores: Scores, order: Ints, estimates: Mapping[str, Estimate]
) -> CandidateFigures:
    outcomes = cohort.outcomes
    unknown = Estimate(None)
    precision = estimates["precision_at_capacity"]
    slope = None
    if scores.probability is not None:
        slope = _finite(metrics.calibration_slope(scores.probability, outcomes))
    seen = int(outcomes.observed.sum())
    return CandidateFigures(
        precision_at_capacity=precision,
        recall_at_capacity=estimates["recall_at_capacity"],
        auc=estimates["auc"],
        average_precision=estimates["average_precision"],
        brier=estimates.get("brier", unknown),
        predicted_over_actual=estimates.get("predicted_over_actual", unknown),
        lift=_lift(precision.value, outcomes.base_rate),
        calibration_slope=slope,
        precision_at_100=precision_among_seen(order, outcomes, _PUBLISHED_LIST),
        precision_at_10pct=precision_among_seen(order, outcomes, int(_PUBLISHED_SHARE * seen)),
        observed_share_of_list=_finite(
            metrics.observed_at(order, outcomes, cohort.share)(_ones(len(order)))[0]
        ),
        precision_by_ties=precision_at_ties(cohort, scores.raw),
    )


def precision_among_seen(order: Ints, outcomes: Outcomes, length: int) -> float | None:
    """Share with the outcome in the first `length` rows of those looked at, in [0, 1].

    None where fewer than `length` were looked at, or `length` is 0.
    """
    ranked = outcomes.at(order)
    seen = ranked.positive[ranked.observed]
    return float(seen[:length].mean()) if 0 < length <= len(seen) else None


def precision_at_ties(cohort: Cohort, raw: Floats) -> tuple[float | None, float | None]:
    """Precision at capacity if ties fell in the worst way and in the best, both in [0, 1].

    A score with few distinct values leaves much of its list to chance; the gap between the two
    says how much.
    """
    outcomes = cohort.outcomes
    urgency = np.where(outcomes.positive, 2, np.where(outcomes.observed, 0, 1))
    found = [
        metrics.precision_at(np.lexsort((side * urgency, -raw)), outcomes, cohort.share)
        for side in (1, -1)
    ]
    worst, best = (_finite(statistic(_ones(len(raw)))[0]) for statistic in found)
    return worst, best


def _estimate(statistic: Statistic, rows: int, drawn: Floats) -> Estimate:
    value = _finite(statistic(_ones(rows))[0])
    bounds = interval(drawn) if value is not None else None
    return Estimate(value, *(bounds or (None, None)))


def _lift(precision: float | None, base_rate: float) -> float | None:
    return precision / base_rate if precision is not None and base_rate > 0 else None


def _ones(rows: int) -> Floats:
    return np.ones((1, rows))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _parts(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
