"""The model that is put forward: the candidate chosen, learnt from every known outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hearth.definition import ModelDefinition
from hearth.risk_model import Scorer
from training.data.examples import Examples
from training.experiment import Experiment, Fitted, fit
from training.learners.estimator import LightGBM
from training.validation.splits import LabelPeriod, Timetable


@dataclass(frozen=True)
class Final:
    """What was learnt from every as-of date whose outcomes are known.

    Attributes
    ----------
    candidate
        Name of the candidate chosen.
    fitted
        The candidate chosen.
    trees
        LightGBM on the same rows, whether or not it was chosen: a board that gets a rule can see
        what was passed over.
    cohort
        Everybody at the date that is scored for use: whom a score is compared with.
    trained_on
        As-of dates of the rows learnt from, earliest first.
    """

    candidate: str
    fitted: Fitted
    trees: Scorer
    cohort: Examples
    trained_on: tuple[date, ...]


def fit_final(
    definition: ModelDefinition,
    experiment: Experiment,
    examples: Examples,
    periods: Sequence[LabelPeriod],
    cohort: Examples,
) -> Final:
    """Candidate chosen, and LightGBM beside it, on known outcomes of all dates that it learns from."""
    periods = Timetable.of(definition).learnt_from(periods)
    known = examples.on(period.as_of for period in periods)
    trees = experiment.candidates[LightGBM.name].fit(known.observed())
    fitted = fit(experiment.chosen, known, periods, seed=definition.learner.seed)
    trained_on = tuple(sorted(period.as_of for period in periods))
    return Final(experiment.chosen.name, fitted, trees, cohort, trained_on)
