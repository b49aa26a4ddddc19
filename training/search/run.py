"""The trials of a search, each judged fold by fold, until they or the minutes are used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hearth.definition import ModelDefinition, Search
from hearth.errors import StoppedError
from hearth.progress import Progress, silent
from training.search.judge import Judge
from training.search.space import house_values, suggest, with_trees, with_values
from training.search.study import Kept

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.trial import FrozenTrial

_TREES, _FIGURES = "trees", "figures"
_SECONDS = 60


@dataclass(frozen=True)
class Tried:
    """One setting that was tried.

    Attributes
    ----------
    number
        Its place among those tried, from 1.
    values
        Of the dimensions that are varied.
    trees
        Number of trees that did best; of the folds judged where it was given up early.
    figures
        The figure that is maximised on each fold judged, earliest first.
    value
        What trials are compared by: the mean of the figures, and a little for level ones.
    """

    number: int
    values: dict[str, float]
    trees: int
    figures: tuple[float, ...]
    value: float
    seconds: float
    was_given_up: bool

    @property
    def figure(self) -> float:
        """Mean over the folds judged, in [0, 1]."""
        return float(np.mean(self.figures))

    def as_json(self) -> dict[str, Any]:
        """The trial as findings hold it."""
        return {**vars(self), "figures": list(self.figures)}


def counted(trials: Sequence["FrozenTrial"], budget: Search) -> list[Tried]:
    """The finished trials that fall within a budget, in the order they were made.

    Time is that of the trials themselves, so that a search that was stopped has what was left.
    """
    found: list[Tried] = []
    for trial in trials:
        if is_spent(found, budget):
            break
        found.append(_tried(trial, len(found) + 1))
    return found


def is_spent(tried: Sequence[Tried], budget: Search) -> bool:
    """Whether trials or minutes are used up, whichever was given; one trial is always made."""
    minutes = sum(each.seconds for each in tried) / _SECONDS
    return bool(tried) and (
        (budget.trials is not None and len(tried) >= budget.trials)
        or (budget.minutes is not None and minutes >= budget.minutes)
    )


def run_trials(
    judge: Judge, kept: Kept, budget: Search, progress: Progress = silent
) -> list[Tried]:
    """Every trial within the budget: those kept, and those still to be made.

    Raises
    ------
    StoppedError
        If somebody stops it; what was tried is kept.
    """
    tried: list[Tried] = []
    try:
        while not is_spent(tried := counted(kept.finished(), budget), budget):
            _report(judge, tried, budget, progress)
            _try_one(judge, kept)
    except KeyboardInterrupt:
        raise StoppedError(_stopped(judge.definition.model, len(tried))) from None
    return tried


def _try_one(judge: Judge, kept: Kept) -> None:
    """Make the next trial; one that does not come to its end is marked failed."""
    trial = kept.ask(house_values(judge.definition.learner))
    try:
        _judge(judge, kept, trial)
    except BaseException:
        kept.fail(trial.number)
        raise


def _judge(judge: Judge, kept: Kept, trial: "Trial") -> None:
    """Judge one trial fold by fold; it is given up where it falls behind the others."""
    from optuna.trial import TrialState  # noqa: PLC0415 - heavy, and only a search needs it

    learner = judge.definition.learner
    parameters, last = with_values(learner, suggest(trial, learner)), len(judge.folds)
    for step, verdict in enumerate(judge.verdicts(parameters), start=1):
        trial.set_user_attr(_TREES, verdict.trees)
        trial.set_user_attr(_FIGURES, list(verdict.figures))
        trial.report(verdict.value, step)
        if step == last:
            kept.study.tell(trial, verdict.value)
        elif trial.should_prune():
            kept.study.tell(trial, state=TrialState.PRUNED)
            return


def _tried(trial: "FrozenTrial", number: int) -> Tried:
    duration = trial.duration
    return Tried(
        number=number,
        values=dict(trial.params),
        trees=int(trial.user_attrs[_TREES]),
        figures=tuple(trial.user_attrs[_FIGURES]),
        value=float(trial.value or 0.0),
        seconds=duration.total_seconds() if duration is not None else 0.0,
        was_given_up=trial.state.name == "PRUNED",
    )


def best_of(tried: Sequence[Tried]) -> Tried:
    """The trial of highest value among those judged on every fold; the earliest of level ones."""
    return max((each for each in tried if not each.was_given_up), key=lambda each: each.value)


def parameters_of(definition: ModelDefinition, tried: Tried) -> dict[str, int | float | str | bool]:
    """LightGBM parameters of a trial, number of trees included."""
    return with_trees(with_values(definition.learner, tried.values), tried.trees)


def _report(judge: Judge, tried: Sequence[Tried], budget: Search, progress: Progress) -> None:
    metric = judge.objective.metric.replace("_", " ")
    best = f", best {metric} {best_of(tried).figure:.3f}" if tried else ""
    if budget.trials is not None:
        done, of = len(tried), budget.trials
    else:
        done, of = int(sum(each.seconds for each in tried)), int(_SECONDS * (budget.minutes or 0))
    progress(f"Search {judge.definition.model}: {len(tried)} tried{best}", done, of)


def _stopped(model: str, tried: int) -> str:
    trials = "1 trial" if tried == 1 else f"{tried} trials"
    return f"the search for {model} was stopped after {trials}, which are kept; the same command goes on from there"
