"""What a search varies, and how far: shallow trees, drawn towards the mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearth.definition import Learner
from training.learners.estimator import DEFAULTS, ROUNDS, ROUNDS_NAMES

if TYPE_CHECKING:
    from optuna import Trial

Parameters = Mapping[str, int | float | str | bool]

TREES = (50, 100, 150, 200, ROUNDS, 400, 600)
"""Numbers of trees that are judged, all of them cut from one fit."""

_BAGGING = {"bagging_freq": 1}
"""LightGBM draws rows only where this is set; with a fraction of 1 it draws none, so the same trees."""


@dataclass(frozen=True)
class Dimension:
    """One parameter of LightGBM, and the range in which it is looked for."""

    name: str
    low: float
    high: float
    default: float
    aliases: tuple[str, ...] = ()
    is_log: bool = True
    is_whole: bool = False

    def suggest(self, trial: "Trial") -> float:
        """Value that a trial gives it."""
        if self.is_whole:
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.is_log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.is_log)


def _of_house(name: str) -> float:
    return float(DEFAULTS[name])


SPACE = (
    Dimension(
        "num_leaves",
        3,
        31,
        _of_house("num_leaves"),
        ("num_leaf", "max_leaves", "max_leaf", "max_leaf_nodes"),
        is_whole=True,
    ),
    Dimension("learning_rate", 0.01, 0.1, _of_house("learning_rate"), ("shrinkage_rate", "eta")),
    Dimension("lambda_l2", 1.0, 100.0, _of_house("lambda_l2"), ("reg_lambda", "lambda")),
    Dimension(
        "min_data_in_leaf",
        10,
        200,
        _of_house("min_data_in_leaf"),
        ("min_data_per_leaf", "min_data", "min_child_samples", "min_samples_leaf"),
        is_whole=True,
    ),
    Dimension("feature_fraction", 0.3, 1.0, 1.0, ("sub_feature", "colsample_bytree"), is_log=False),
    Dimension("bagging_fraction", 0.5, 1.0, 1.0, ("sub_row", "subsample", "bagging"), is_log=False),
)
"""Log scales where a doubling means the same everywhere; the house defaults lie inside all ranges."""


def free(learner: Learner) -> tuple[Dimension, ...]:
    """Dimensions that the definition leaves open; what it writes under `parameters` is held."""
    return tuple(
        dimension
        for dimension in SPACE
        if not {dimension.name, *dimension.aliases} & learner.parameters.keys()
    )


def numbers_of_trees(learner: Learner) -> tuple[int, ...]:
    """Numbers of trees to judge: one where the definition writes it."""
    held = [int(learner.parameters[name]) for name in ROUNDS_NAMES if name in learner.parameters]
    return tuple(held[:1]) or TREES


def with_trees(parameters: Parameters, trees: int) -> dict[str, int | float | str | bool]:
    """Parameters with this number of trees, by whichever name they gave another."""
    others = {name: value for name, value in parameters.items() if name not in ROUNDS_NAMES}
    return {**others, "num_iterations": trees}


def house_values(learner: Learner) -> dict[str, float]:
    """The first trial: what would be used without a search, as values of the free dimensions."""
    return {
        dimension.name: int(dimension.default) if dimension.is_whole else dimension.default
        for dimension in free(learner)
    }


def suggest(trial: "Trial", learner: Learner) -> dict[str, float]:
    """A trial's value of every free dimension."""
    return {dimension.name: dimension.suggest(trial) for dimension in free(learner)}


def with_values(learner: Learner, values: Parameters) -> dict[str, int | float | str | bool]:
    """LightGBM parameters of a learner with values of the free dimensions; what it holds stays."""
    bagging = _BAGGING if "bagging_fraction" in values else {}
    return {**bagging, **values, **learner.parameters}
