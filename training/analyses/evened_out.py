"""Three ways of evening out a list between groups, as libraries and papers have them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import (
    ErrorRate,
    ExponentiatedGradient,
    FalsePositiveRateParity,
    TruePositiveRateParity,
)
from sklearn.base import BaseEstimator

from features.protected_attributes import NOT_RECORDED
from training.analyses.weighted_trees import WeightedTrees, balancing_weights
from training.data.examples import Examples
from training.figures.evaluation import Cohort
from training.figures.ranking import Bools, Floats, draw_lots

REWEIGHING, REDUCTION, THRESHOLDS = "reweighing", "reduction", "thresholds by group"

_MOST_FITS = 20
"""Of the reduction; what is left of the gap after so many hardly moves."""

_SLACK = 0.02
_FOLDS = 3
_LEAST_OF_EACH = 20
"""With fewer positives, or fewer others, a group has no threshold of its own, and is put with others as small."""

_OTHERS = "other groups together"


@dataclass(frozen=True)
class Date:
    """One test date: rows learnt from with their groups, rows scored with theirs, and the plain score at capacity."""

    table: Floats
    happened: Bools
    groups: npt.NDArray[np.str_]
    entities: npt.NDArray[np.str_]
    scored: Floats
    scored_groups: npt.NDArray[np.str_]
    lots: Floats
    plain: Floats
    cut: float


@dataclass(frozen=True)
class Drawn:
    """Raw score of everybody on one test date under one way, and each one's chance of being chosen by its rule."""

    raw: Floats
    chance: Floats | None = None


def date_of(
    seen: Examples, test: Examples, said: npt.NDArray[np.str_], plain: Floats, cohort: Cohort
) -> Date:
    """A test date by one attribute; groups too small for a threshold of their own are put together.

    Parameters
    ----------
    seen, test
        Rows learnt from and rows scored.
    said
        Shape (rows of the matrix,): groups.
    plain
        Scores of the tested as they are.
    cohort
        The tested, and how many of them are listed.
    """
    groups = said[seen.rows.numbers]
    own = _with_threshold(groups, seen.positive)

    def put_together(some: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
        return np.where(np.isin(some, own), some, _OTHERS)

    lots = draw_lots(test.entities.tolist(), cohort.seed + 2) / 2.0**64
    return Date(
        seen.rows.table(),
        seen.positive,
        put_together(groups),
        seen.entities,
        test.rows.table(),
        put_together(said[test.rows.numbers]),
        np.asarray(lots, dtype=np.float64),
        plain,
        float(np.sort(plain)[-cohort.capacity]),
    )


def _with_threshold(groups: npt.NDArray[np.str_], happened: Bools) -> list[str]:
    """Groups with enough of both outcomes; if others are left over, only where they have enough together."""
    names = [str(name) for name in np.unique(groups) if name != NOT_RECORDED]

    def least(rows: Bools) -> int:
        return int(min(happened[rows].sum(), (~happened[rows]).sum()))

    own = sorted((n for n in names if least(groups == n) >= _LEAST_OF_EACH), key=lambda n: least(groups == n))  # fmt: skip
    while own and not _stand_together(groups, own, least):
        own = own[1:]
    return own


def _stand_together(groups: npt.NDArray[np.str_], own: list[str], least: Any) -> bool:
    rest = ~np.isin(groups, own)
    return not rest.any() or least(rest) > 0


def _reweighed(date: Date, trees: WeightedTrees, *, by_recall: bool) -> Drawn:  # noqa: ARG001 - one port for three ways
    weights = balancing_weights(date.groups, date.happened)
    return Drawn(trees.fit(date.table, date.happened, weights).chance(date.scored))


def _reduced(date: Date, trees: WeightedTrees, *, by_recall: bool) -> Drawn:
    """Fairlearn's reduction, told to weigh errors so that alone it would list as many as there are places."""
    parity = TruePositiveRateParity if by_recall else FalsePositiveRateParity
    reduction = ExponentiatedGradient(
        trees,
        parity(difference_bound=_SLACK),
        objective=ErrorRate(costs={"fp": date.cut, "fn": 1 - date.cut}),
        max_iter=_MOST_FITS,
    )
    reduction.fit(date.table, date.happened.astype(np.int64), sensitive_features=date.groups)
    kept = [(share, reduction.predictors_[place]) for place, share in reduction.weights_.items() if share > 0]  # fmt: skip
    chance = np.sum([share * each.predict(date.scored) for share, each in kept], axis=0)
    return _chosen_first(date, np.asarray(chance, dtype=np.float64))


def _with_thresholds(date: Date, trees: WeightedTrees, *, by_recall: bool) -> Drawn:
    """Fairlearn's thresholds by group, on scores of rows held out, drawn so that they list as many as there are places.

    The optimiser knows no capacity: it weighs both errors alike. Positives are therefore drawn so
    much more often that to list whoever is above the capacity's score is its best answer.
    """
    held_out = _held_out(date, trees)
    rows = _drawn_rows(date)
    optimiser = ThresholdOptimizer(
        estimator=_AsGiven(),
        constraints="true_positive_rate_parity" if by_recall else "false_positive_rate_parity",
        objective="accuracy_score",
        prefit=True,
        predict_method="predict",
    )
    optimiser.fit(
        held_out[rows, None],
        date.happened[rows].astype(np.int64),
        sensitive_features=date.groups[rows],
    )
    found = optimiser.interpolated_thresholder_.interpolation_dict
    chance = np.zeros(len(date.plain))
    for name, rule in found.items():
        own = date.scored_groups == name
        chance[own] = _chance_by(rule, date.plain[own])
    return _chosen_first(date, chance)


class _AsGiven(BaseEstimator):  # type: ignore[misc]  # scikit-learn publishes no types
    """An estimator whose prediction is the score that it is given."""

    def __sklearn_is_fitted__(self) -> bool:
        """True: there is nothing to learn."""
        return True

    def fit(self, *_: Floats) -> "_AsGiven":
        """Itself."""
        return self

    def predict(self, scores: Floats) -> Floats:
        """The scores, shape (n,)."""
        return np.asarray(scores)[:, 0]


def _chance_by(rule: Any, scores: Floats) -> Floats:
    """Each one's chance of being chosen under fairlearn's rule for a group: two thresholds and a lot between."""
    chosen = rule.p0 * rule.operation0(scores) + rule.p1 * rule.operation1(scores)
    ignored = rule.get("p_ignore", 0.0)
    return np.asarray(ignored * rule.get("prediction_constant", 0.0) + (1 - ignored) * chosen)


def _chosen_first(date: Date, chance: Floats) -> Drawn:
    """Whom the rule chooses, with its lots, and then the others, each by the plain score."""
    return Drawn((date.lots < chance).astype(np.float64) * 2 + date.plain, chance)


def _held_out(date: Date, trees: WeightedTrees) -> Floats:
    fold = draw_lots(date.entities.tolist(), 1) % _FOLDS
    found = np.zeros(len(date.happened))
    for held in range(_FOLDS):
        out = fold == held
        found[out] = trees.fit(date.table[~out], date.happened[~out]).chance(date.table[out])
    return found


def _drawn_rows(date: Date) -> npt.NDArray[np.int64]:
    """Places of all rows, those with the outcome repeated as often as missing one weighs more."""
    more = (1 - date.cut) / max(date.cut, 1e-6)
    times = np.where(date.happened, more, 1.0)
    unit = min(1.0, more)
    lots = draw_lots(date.entities.tolist(), 3) / 2.0**64
    return np.repeat(np.arange(len(times)), np.floor(times / unit + lots).astype(np.int64))


WAYS = {REWEIGHING: _reweighed, REDUCTION: _reduced, THRESHOLDS: _with_thresholds}
"""By name: each from a test date, trees, and whether finding is what is evened out."""
