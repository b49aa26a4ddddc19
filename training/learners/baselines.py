"""What the learner must beat: a logistic regression, one-line rules, and chance."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from hearth.definition import Baseline
from hearth.risk_model import FeatureSpec, LogisticScorer, LogisticTerm, RuleScorer
from training.data.examples import Examples
from training.figures.ranking import Floats, draw_lots
from training.learners.newton import solve_logistic

RANDOM = "random"
_PENALTY = 1.0
"""Of squared coefficients, halved; all but the intercept's. scikit-learn's default, `C=1`."""

_ROWS_TO_START = 50_000
"""More are solved from where so many of them lead: few steps then go over all, for the same minimum."""

_FAR = 10.0


class Logistic:
    """Logistic regression on standardised numbers, flags of missing values, and categories.

    It is told as one term per raw feature, so that its bundle is a page of JSON and its
    explanation is exact.
    """

    name = "logistic"
    complexity = 1

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._features = tuple(features)

    def fit(self, seen: Examples) -> LogisticScorer:
        """Coefficients over raw values, scoring in log-odds."""
        column = seen.rows.column
        blocks = [_block(f, column(place)) for place, f in enumerate(self._features)]
        widths = [block.width for block in blocks]
        ridge = np.append(np.full(sum(widths), _PENALTY), 0.0)
        near = np.zeros(len(ridge))
        some = seen.where(np.linspace(0, len(seen) - 1, _ROWS_TO_START).astype(np.int64))
        if len(seen) > 2 * _ROWS_TO_START and some.has_both_classes:
            near = solve_logistic(partial(_batches, some, blocks), ridge, near)
        solved = solve_logistic(partial(_batches, seen, blocks), ridge, near)
        *found, intercept = np.split(solved, np.cumsum(widths))
        terms = tuple(
            block.term(weights, column(place))
            for place, (block, weights) in enumerate(zip(blocks, found, strict=True))
        )
        return LogisticScorer(float(intercept[0]), terms)


def _batches(
    seen: Examples, blocks: Sequence["_Number | _Category"]
) -> Iterator[tuple[Floats, Floats]]:
    """Design and target of the rows, some at a time; the last column is the intercept's."""
    ends = np.cumsum([block.width for block in blocks]).tolist()
    start = 0
    for rows in seen.rows.batches():
        design = np.ones((len(rows), ends[-1] + 1), order="F")
        for place, (block, end) in enumerate(zip(blocks, ends, strict=True)):
            design[:, end - block.width : end] = block.columns(rows[:, place])
        yield design, seen.positive[start : start + len(rows)].astype(float)
        start += len(rows)


class _Number:
    """A number: its distance from the median in standard deviations, and whether it is missing."""

    width = 2

    def __init__(self, feature: FeatureSpec, column: Floats) -> None:
        known = column[np.isfinite(column)]
        self.feature = feature.name
        self.centre = float(np.median(known)) if len(known) else 0.0
        spread = float(known.std()) if len(known) else 0.0
        self.scale = spread if spread > 0 else 1.0

    def columns(self, column: Floats) -> Floats:
        absent = np.isnan(column)
        return np.column_stack(
            [(np.where(absent, self.centre, column) - self.centre) / self.scale, absent]
        )

    def term(self, weights: Floats, column: Floats) -> LogisticTerm:
        term = LogisticTerm(
            self.feature,
            weight=float(weights[0]),
            centre=self.centre,
            scale=self.scale,
            missing=float(weights[1]),
        )
        return _with_average(term, column)


class _Category:
    """A category: one flag for each of its vocabulary, and none where it is missing."""

    def __init__(self, feature: FeatureSpec, _: Floats) -> None:
        self.feature = feature.name
        self.width = len(feature.categories) + 1

    def columns(self, column: Floats) -> Floats:
        places = np.where(np.isnan(column), self.width - 1, column).astype(np.int64)
        return np.eye(self.width)[places]

    def term(self, weights: Floats, column: Floats) -> LogisticTerm:
        term = LogisticTerm(
            self.feature,
            category_weights=tuple(map(float, weights[:-1])),
            missing=float(weights[-1]),
        )
        return _with_average(term, column)


def _block(feature: FeatureSpec, column: Floats) -> _Number | _Category:
    return (_Category if feature.kind == "category" else _Number)(feature, column)


def _with_average(term: LogisticTerm, column: Floats) -> LogisticTerm:
    average = float(term.values(column).mean())
    return LogisticTerm(**{**vars(term), "average": average})


class Rule:
    """A one-line rule: rank by one feature, missing values last; or put first who is past a threshold.

    With a threshold there are two scores only: within each, and so in much of a list, the order
    is by lot. Its expected, worst and best precision say what that does.
    """

    complexity = 0

    def __init__(self, baseline: Baseline, features: Sequence[FeatureSpec]) -> None:
        self.name = baseline.name
        self._feature = [feature.name for feature in features].index(baseline.rank_by)
        self._features = len(features)
        lowest = baseline.order == "lowest_first" or baseline.at_most is not None
        self._sign = -1.0 if lowest else 1.0
        bound = baseline.at_least if baseline.at_most is None else baseline.at_most
        self._threshold = None if bound is None else self._sign * bound

    def fit(self, seen: Examples) -> RuleScorer:
        """The rule; it learns how low a missing value must score, and nothing of outcomes."""
        column = seen.rows.column(self._feature)
        missing = 0.0 if self._threshold is not None else _below_all(self._sign * column)
        rule = RuleScorer(
            feature=self._feature,
            features=self._features,
            sign=self._sign,
            missing=missing,
            average=0.0,
            threshold=self._threshold,
        )
        return replace(rule, average=float(seen.raw_scores(rule).mean()))


def _below_all(signed: Floats) -> float:
    """A score far below every one that is known."""
    known = signed[np.isfinite(signed)]
    least, most = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    return float(least - max(1.0, _FAR * (most - least)))


def random_scores(entities: npt.NDArray[np.str_], seed: int) -> Floats:
    """A score by chance for each entity, in [0, 1); the same for the same seed.

    The seed is mixed, so that chance here is not the lot that breaks ties.
    """
    mixed = int.from_bytes(hashlib.sha256(f"{RANDOM} {seed}".encode()).digest()[:7], "big")
    lots = draw_lots(entities.tolist(), mixed)
    return np.asarray(lots / 2.0**64, dtype=np.float64)
