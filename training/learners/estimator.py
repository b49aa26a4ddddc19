"""The learner: LightGBM trees, few and shallow, drawn towards the mean."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import lightgbm
import numpy as np

from hearth.risk_model import BoosterScorer, FeatureSpec, Scorer
from training.data.examples import Examples
from training.data.rows import Rows
from training.figures.ranking import Floats

ROUNDS = 300
"""Trees. Fixed beforehand, so that no test row has a say in it."""

DEFAULTS: Mapping[str, int | float | str | bool] = {
    "objective": "binary",
    "num_leaves": 7,
    "learning_rate": 0.03,
    "lambda_l2": 10.0,
    "min_data_in_leaf": 20,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""On the Chicago inspections LightGBM's own defaults lose to a logistic regression; these win."""

_ROWS_WORTH_THREADS = 50_000
"""Below it threads wait for each other: 3,000 rows took 50 times the CPU on two, for the same trees."""

ROUNDS_NAMES = ("num_iterations", "num_boost_round", "n_estimators", "num_rounds")
_SIGNS = {"increasing": 1, "decreasing": -1}


class Candidate(Protocol):
    """A way to rank that can be fitted, judged and deployed.

    `complexity` orders candidates from the simplest: 0 a rule, 1 a logistic regression, 2 trees.
    """

    @property
    def name(self) -> str:
        """Name in metrics, plots and the registry."""
        ...

    @property
    def complexity(self) -> int:
        """Place in the order of simplicity; ties between candidates go to the lower."""
        ...

    def fit(self, seen: Examples) -> Scorer:
        """Scorer learnt from rows whose outcomes are known."""
        ...


class LightGBM:
    """Gradient-boosted trees on encoded rows; missing values stay missing.

    Parameters
    ----------
    features
        Inputs in the order of the columns; categories are split as categories.
    seed
        Seed of LightGBM; with the same rows it gives the same trees.
    parameters
        LightGBM parameters in place of `DEFAULTS`.
    monotone
        Direction in which a feature may move the score, by feature name.

    References
    ----------
    Ke et al. (2017), "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS.
    """

    name = "lightgbm"
    complexity = 2

    def __init__(
        self,
        features: Sequence[FeatureSpec],
        *,
        seed: int,
        parameters: Mapping[str, int | float | str | bool] | None = None,
        monotone: Mapping[str, Literal["increasing", "decreasing"]] | None = None,
    ) -> None:
        given = {**DEFAULTS, "seed": seed, **(parameters or {})}
        self.rounds = int(next((given.pop(n) for n in ROUNDS_NAMES if n in given), ROUNDS))
        if monotone:
            given["monotone_constraints"] = ",".join(
                str(_SIGNS[monotone[f.name]] if f.name in monotone else 0) for f in features
            )
        self.parameters = given
        self._features = tuple(features)

    def fit(self, seen: Examples) -> BoosterScorer:
        """Booster as native text, scoring in log-odds."""
        rows = seen.rows
        data = lightgbm.Dataset(
            rows.table() if len(rows) <= rows.batch_size else _Streamed(rows),
            seen.positive.astype(np.float32),
            feature_name=[feature.name for feature in self._features],
            categorical_feature=[
                place for place, f in enumerate(self._features) if f.kind == "category"
            ],
            free_raw_data=True,
        )
        threads = {"num_threads": 1} if len(seen) < _ROWS_WORTH_THREADS else {}
        booster = lightgbm.train({**threads, **self.parameters}, data, num_boost_round=self.rounds)
        return BoosterScorer(booster.model_to_string())


class _Streamed(lightgbm.Sequence):
    """Rows as LightGBM asks for them: a sample one by one, then all in batches; none is kept."""

    def __init__(self, rows: Rows) -> None:
        self.batch_size = rows.batch_size
        self._rows = rows
        self._number, self._batch = -1, np.empty((0, 0))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, asked: int | slice | list[int]) -> Floats:
        if not isinstance(asked, int):
            return self._rows.where(asked).table()
        number, place = divmod(asked, self.batch_size)
        if number != self._number:
            start = number * self.batch_size
            self._number, self._batch = -1, np.empty((0, 0))
            self._batch = self._rows.where(slice(start, start + self.batch_size)).table()
            self._number = number
        row: Floats = self._batch[place].copy()  # a view would hold the batch
        return row


class Remembered:
    """A candidate that learns from the same rows once.

    A later test date is calibrated on folds that an earlier one has already fitted: with seven
    as-of dates two fits in three are repeats.
    """

    def __init__(self, candidate: Candidate) -> None:
        self.name, self.complexity = candidate.name, candidate.complexity
        self._candidate = candidate
        self._fitted: dict[bytes, Scorer] = {}

    def fit(self, seen: Examples) -> Scorer:
        """Scorer learnt from these rows, now or before."""
        key = hashlib.sha256(seen.rows.digest + seen.positive.tobytes()).digest()
        if key not in self._fitted:
            self._fitted[key] = self._candidate.fit(seen)
        return self._fitted[key]
