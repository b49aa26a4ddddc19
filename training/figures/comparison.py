"""Candidates against each other on the same people: paired differences over all splits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from training.figures import metrics
from training.figures.bootstrap import (
    REPLICATES,
    Statistic,
    Weights,
    each_once,
    interval,
    replicate,
)
from training.figures.evaluation import Cohort, Scores
from training.figures.ranking import Floats, Ints
from training.figures.schedule import days_earlier
from training.learners.baselines import RANDOM
from training.learners.estimator import Candidate

FigureOf = Callable[[Cohort, Scores], Statistic]

_STATISTICS: dict[str, FigureOf] = {
    "precision_at_capacity": lambda cohort, scores: metrics.precision_at(
        cohort.order(scores.raw), cohort.outcomes, cohort.share
    ),
    "recall_at_capacity": lambda cohort, scores: metrics.recall_at(
        cohort.order(scores.raw), cohort.outcomes, cohort.share
    ),
    "auc": lambda cohort, scores: metrics.auc(scores.raw, cohort.outcomes),
}
"""Figures by which candidates are compared on every problem."""


NO_MORE: Mapping[str, FigureOf] = MappingProxyType({})


def _days_earlier(cohort: Cohort, scores: Scores) -> Statistic:
    if cohort.visited_on is None:
        raise ValueError("days earlier need the days of the visits")
    return days_earlier(scores.raw, cohort.visited_on, cohort.outcomes)


@dataclass(frozen=True)
class Difference:
    """How much better `candidate` did than `against`, as a mean over splits.

    `low` and `high` bound it at 95 %; None where the data cannot say.
    """

    candidate: str
    against: str
    metric: str
    difference: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """Difference as metrics.json holds it."""
        return asdict(self)


def compare(
    cohorts: Sequence[Cohort],
    scores: Sequence[Mapping[str, Scores]],
    pairs: Sequence[tuple[str, str]],
    *,
    also: Mapping[str, FigureOf] = NO_MORE,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[Difference]:
    """Paired differences of candidates, averaged over splits.

    Each replicate draws entities once and judges both candidates, in every split, on that draw.

    Parameters
    ----------
    cohorts, scores
        The test cohorts, and in the same order the scores by candidate name.
    pairs
        (candidate, against).
    also
        Figures to compare beside those that every comparison has.
    """
    codes, starts = _entity_codes(cohorts)
    figures = {**_STATISTICS, **also}
    if all(cohort.visited_on is not None for cohort in cohorts):
        figures["days_earlier"] = _days_earlier
    names = sorted({name for pair in pairs for name in pair})
    statistics = {
        (metric, name): _mean_over_splits(cohorts, [s[name] for s in scores], figure, starts)
        for metric, figure in figures.items()
        for name in names
    }
    drawn = replicate(statistics, codes, replicates=replicates, seed=seed)
    plain = {key: statistic(each_once(len(codes))) for key, statistic in statistics.items()}
    return [
        _difference(
            candidate,
            against,
            metric,
            float((plain[metric, candidate] - plain[metric, against])[0]),
            drawn[metric, candidate] - drawn[metric, against],
        )
        for candidate, against in pairs
        for metric in figures
    ]


def pairs_of(candidates: Sequence[Candidate], chosen: str) -> list[tuple[str, str]]:
    """Pairs to compare: the chosen with every other, every candidate with each simpler and random."""
    ours = [(chosen, c.name) for c in candidates if c.name != chosen]
    simpler = [
        (one.name, other.name)
        for one in candidates
        for other in candidates
        if other.complexity < one.complexity
    ]
    by_lot = [(candidate.name, RANDOM) for candidate in candidates]
    return list(dict.fromkeys([*ours, *simpler, *by_lot]))


def _difference(
    candidate: str, against: str, metric: str, value: float, drawn: Floats
) -> Difference:
    if not np.isfinite(value):
        return Difference(candidate, against, metric, None, None, None)
    return Difference(candidate, against, metric, value, *(interval(drawn) or (None, None)))


def _mean_over_splits(
    cohorts: Sequence[Cohort], scores: Sequence[Scores], figure: FigureOf, starts: Sequence[int]
) -> Statistic:
    parts = [
        (slice(start, start + len(cohort.entities)), figure(cohort, own))
        for start, cohort, own in zip(starts, cohorts, scores, strict=True)
    ]

    def statistic(weights: Weights) -> Floats:
        return np.mean([part(weights[rows]) for rows, part in parts], axis=0)  # type: ignore[no-any-return]  # numpy types the mean as anything

    return statistic


def _entity_codes(cohorts: Sequence[Cohort]) -> tuple[Ints, list[int]]:
    """One code per entity over all cohorts, and where each cohort's rows begin."""
    entities = pa.chunked_array([pa.array(cohort.entities, pa.string()) for cohort in cohorts])
    codes = entities.combine_chunks().dictionary_encode().indices.to_numpy()
    sizes = [len(cohort.entities) for cohort in cohorts]
    return codes.astype(np.int64), [0, *np.cumsum(sizes[:-1]).tolist()]
