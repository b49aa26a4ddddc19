"""Trees that take a weight for every row, as ways of evening out lists ask of a learner."""

from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from hearth.risk_model import FeatureSpec
from training.figures.ranking import Bools, Floats, Ints


class WeightedTrees:
    """LightGBM on encoded rows with weights; it says yes to a chance of half or more.

    Parameters
    ----------
    features
        Columns of the rows, in order.
    parameters
        LightGBM's.
    rounds
        Trees.
    """

    def __init__(
        self,
        features: Sequence[FeatureSpec],
        parameters: Mapping[str, int | float | str | bool],
        rounds: int,
    ) -> None:
        self._categories = [place for place, f in enumerate(features) if f.kind == "category"]
        self._parameters = {"num_threads": 1, **parameters}
        self._rounds = rounds

    def fit(
        self, table: Floats, happened: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> "WeightedTrees":
        """Itself, fitted to rows of shape (n, features) and outcomes of shape (n,)."""
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        data = lightgbm.Dataset(
            np.asarray(table),
            np.asarray(happened, dtype=np.float64),
            weight=weight,
            categorical_feature=self._categories,
        )
        self._booster = lightgbm.train(self._parameters, data, num_boost_round=self._rounds)
        return self

    def chance(self, table: Floats) -> Floats:
        """Chance of the outcome, shape (n,), before calibration."""
        return np.asarray(self._booster.predict(np.asarray(table), num_threads=1))

    def predict(self, table: Floats) -> Ints:
        """1 for yes and 0 for no, shape (n,)."""
        return np.asarray(self.chance(table) >= 0.5, dtype=np.int64)  # noqa: PLR2004 - more likely than not


def balancing_weights(groups: npt.NDArray[np.str_], happened: Bools) -> Floats:
    """Weights, shape (n,), under which the outcome is as frequent in every group.

    Each row counts for how many rows of its group and outcome there would be if the two had
    nothing to do with each other, over how many there are.

    References
    ----------
    Kamiran & Calders (2012), "Data preprocessing techniques for classification without
    discrimination", Knowledge and Information Systems 33: 1-33 (section 4.3, reweighing).
    """
    _, code = np.unique(groups, return_inverse=True)
    outcome = happened.astype(np.int64)
    of_group, of_outcome = np.bincount(code), np.bincount(outcome, minlength=2)
    of_both = np.bincount(2 * code + outcome, minlength=2 * len(of_group))
    weights: Floats = of_group[code] * of_outcome[outcome] / len(code) / of_both[2 * code + outcome]
    return weights
