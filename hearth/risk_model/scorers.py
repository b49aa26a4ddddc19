"""The three kinds of model, each with a raw score and contributions that add up to it."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import lightgbm
import numpy as np
from numpy.typing import NDArray

from hearth.cores import core_count
from hearth.errors import BundleError
from hearth.risk_model.encoding import Matrix
from hearth.risk_model.files import to_json
from hearth.risk_model.single_row import SingleRowScorer

Vector = NDArray[np.float64]

_ROWS_WORTH_A_THREAD = 256
"""With fewer a thread takes longer to start than it saves."""

_ROWS_WORTH_OPENMP = 10_000
"""Below it LightGBM's own threads spend more waiting for each other on a busy machine than they save."""


class Scorer(Protocol):
    """What every kind of model can do with encoded rows."""

    @property
    def kind(self) -> str:
        """`lightgbm`, `logistic` or `rule`."""
        ...

    def raw_score(self, rows: Matrix) -> Vector:
        """Score of each row, shape (rows,); higher is more at risk."""
        ...

    def contributions(self, rows: Matrix) -> Matrix:
        """Shape (rows, features + 1): what each feature adds, and last the base value."""
        ...

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """`raw_score` and `contributions`, sooner where one comes with the other."""
        ...

    def files(self) -> dict[str, bytes]:
        """The model as text files."""
        ...


@dataclass(frozen=True)
class BoosterScorer:
    """LightGBM trees; raw score in log-odds, contributions by exact TreeSHAP.

    References
    ----------
    Lundberg et al. (2020), From local explanations to global understanding with explainable
    AI for trees, Nature Machine Intelligence 2.
    """

    text: str
    kind: str = "lightgbm"

    @cached_property
    def booster(self) -> lightgbm.Booster:
        """The trees, read from their native text."""
        return lightgbm.Booster(model_str=self.text)  # threads are set at each prediction

    @cached_property
    def _of_one_row(self) -> SingleRowScorer:
        return SingleRowScorer(self.booster)

    def raw_score(self, rows: Matrix) -> Vector:
        """Log-odds of each row."""
        if len(rows) == 1:
            return np.array([self._of_one_row(rows)])
        if len(rows) >= _ROWS_WORTH_OPENMP:
            return self._predict(rows, threads=0)
        threads = min(core_count(), len(rows) // _ROWS_WORTH_A_THREAD)
        if threads <= 1:
            return self._predict(rows)
        with ThreadPoolExecutor(threads) as pool:
            parts = pool.map(self._predict, np.array_split(rows, threads))
            return np.concatenate(list(parts))

    def _predict(self, rows: Matrix, threads: int = 1) -> Vector:
        """Log-odds of each row; 0 threads are one for each core."""
        found = self.booster.predict(rows, raw_score=True, num_threads=threads)
        return np.asarray(found, dtype=np.float64)

    def contributions(self, rows: Matrix) -> Matrix:
        """TreeSHAP contributions and base value, in log-odds."""
        return np.asarray(
            self.booster.predict(rows, pred_contrib=True, num_threads=1), dtype=np.float64
        )

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """Raw scores, and contributions to them."""
        return self.raw_score(rows), self.contributions(rows)

    def files(self) -> dict[str, bytes]:
        """`booster.txt` in LightGBM's own format."""
        return {"booster.txt": self.text.encode()}


@dataclass(frozen=True)
class LogisticTerm:
    """One feature of a logistic regression, over raw values.

    A number x adds `weight · (x − centre) / scale`, a category its own weight, and a missing
    value `missing`. `average` is the term's mean over the training rows.
    """

    feature: str
    weight: float = 0.0
    centre: float = 0.0
    scale: float = 1.0
    category_weights: tuple[float, ...] = ()
    missing: float = 0.0
    average: float = 0.0

    def values(self, column: Vector) -> Vector:
        """What the term adds for each value of its column."""
        absent = np.isnan(column)
        if self.category_weights:
            codes = np.where(absent, 0, column).astype(np.intp)
            present = np.asarray(self.category_weights)[codes]
        else:
            present = (
                self.weight * (np.where(absent, self.centre, column) - self.centre) / self.scale
            )
        return np.where(absent, self.missing, present)


@dataclass(frozen=True)
class LogisticScorer:
    """Logistic regression; raw score in log-odds, contributions against the training average.

    References
    ----------
    Štrumbelj & Kononenko (2014): for a linear model the Shapley value of a feature is its term
    less the term's average.
    """

    intercept: float
    terms: tuple[LogisticTerm, ...]
    kind: str = "logistic"

    def raw_score(self, rows: Matrix) -> Vector:
        """Log-odds of each row."""
        return np.asarray(self._terms(rows).sum(axis=1) + self.intercept)

    def contributions(self, rows: Matrix) -> Matrix:
        """Each term less its average, and the average score."""
        averages = np.array([term.average for term in self.terms])
        base = np.full((len(rows), 1), self.intercept + averages.sum())
        return np.hstack([self._terms(rows) - averages, base])

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """Raw scores, and contributions to them."""
        return self.raw_score(rows), self.contributions(rows)

    def files(self) -> dict[str, bytes]:
        """`coefficients.json`."""
        terms = [{**vars(t), "category_weights": list(t.category_weights)} for t in self.terms]
        return {"coefficients.json": to_json({"intercept": self.intercept, "terms": terms})}

    def _terms(self, rows: Matrix) -> Matrix:
        if not self.terms:
            return np.zeros((len(rows), 0))
        return np.column_stack([term.values(rows[:, j]) for j, term in enumerate(self.terms)])


@dataclass(frozen=True)
class RuleScorer:
    """A one-line rule: rank by one feature, or put first whoever reaches a threshold of it.

    The raw score is the value, its sign turned where the lowest comes first; with a threshold,
    1 where that reaches it and 0 where not. A missing value scores `missing`, above nobody.
    """

    feature: int
    features: int
    sign: float
    missing: float
    average: float
    threshold: float | None = None
    kind: str = "rule"

    def raw_score(self, rows: Matrix) -> Vector:
        """The feature's value, signed, or whether it reaches the threshold."""
        return self.of_values(rows[:, self.feature])

    def of_values(self, column: Vector) -> Vector:
        """Raw score of each value of the rule's feature."""
        value = self.sign * column
        if self.threshold is not None:
            value = (value >= self.threshold).astype(np.float64)
        return np.where(np.isnan(column), self.missing, value)

    def contributions(self, rows: Matrix) -> Matrix:
        """The value less its average, all of it at the rule's own feature."""
        result = np.zeros((len(rows), self.features + 1))
        result[:, self.feature] = self.raw_score(rows) - self.average
        result[:, -1] = self.average
        return result

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """Raw scores, and contributions to them."""
        return self.raw_score(rows), self.contributions(rows)

    def files(self) -> dict[str, bytes]:
        """`rule.json`."""
        return {"rule.json": to_json({k: v for k, v in vars(self).items() if k != "kind"})}


def read_scorer(kind: str, files: Mapping[str, bytes]) -> Scorer:
    """Scorer of a bundle from its files.

    Parameters
    ----------
    kind
        `lightgbm`, `logistic` or `rule`.
    files
        The bundle's files.

    Raises
    ------
    BundleError
        If the kind is none of these.
    """
    if kind == "lightgbm":
        return BoosterScorer(files["booster.txt"].decode())
    if kind == "logistic":
        data = json.loads(files["coefficients.json"])
        return LogisticScorer(data["intercept"], _terms(data["terms"]))
    if kind == "rule":
        return RuleScorer(**json.loads(files["rule.json"]))
    raise BundleError(f"the bundle is of kind {kind}, which this version of Hearth cannot serve")


def _terms(items: Sequence[Mapping[str, Any]]) -> tuple[LogisticTerm, ...]:
    return tuple(
        LogisticTerm(**{**item, "category_weights": tuple(item["category_weights"])})
        for item in items
    )
