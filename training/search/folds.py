"""The dates a search is judged on: those whose outcomes were all known by the first test date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hearth.definition import ModelDefinition
from hearth.errors import DataError, Fault
from training.data.examples import Examples
from training.figures.evaluation import Cohort
from training.validation.splits import LabelPeriod, Split, Timetable

_LATEST = 8
"""Folds judged on: the latest, whose trees learn from about as much as those that will be used."""


@dataclass(frozen=True)
class Fold:
    """One date judged by what was learnt from earlier ones, all of them before the tests.

    Attributes
    ----------
    judged
        Everybody scored on the date.
    cohort
        The same people as they are judged.
    """

    split: Split
    examples: Examples
    judged: Examples
    cohort: Cohort

    @property
    def day(self) -> date:
        """The as-of date judged."""
        return self.split.test.as_of

    def learnt_from(self) -> Examples:
        """Rows of the earlier dates whose outcome is known; taken anew, because they may be many."""
        return self.examples.on(self.split.training_dates).observed()


def known_before_tests(
    definition: ModelDefinition, periods: Sequence[LabelPeriod]
) -> tuple[LabelPeriod, ...]:
    """Label periods whose outcomes had all been recorded by `as_of.test_from`, earliest first."""
    first = definition.as_of.test_from
    return tuple(sorted(p for p in periods if first is not None and p.known_on <= first))


def folds_of(
    definition: ModelDefinition, examples: Examples, periods: Sequence[LabelPeriod]
) -> tuple[Fold, ...]:
    """The latest folds, earliest first, none with a label that was not known by `as_of.test_from`.

    Every date before the tests is judged by a model of its own, which learns from the dates that
    the definition's timetable gives a model fitted on that day.

    Raises
    ------
    DataError
        If no date before the tests has an earlier one to learn from.
    """
    known, timetable = known_before_tests(definition, periods), Timetable.of(definition)
    learnt_from = {test: timetable.learnt_from(known, by=test.as_of) for test in known}
    splits = [Split(test, own, fitted_on=test.as_of) for test, own in learnt_from.items() if own]
    usable = [
        fold
        for fold in (_fold(definition, examples, split) for split in splits)
        if fold.learnt_from().has_both_classes and fold.judged.observed().has_both_classes
    ]
    if not usable:
        raise DataError([_nothing_to_judge_by(definition)])
    return tuple(usable[-_LATEST:])


def _fold(definition: ModelDefinition, examples: Examples, split: Split) -> Fold:
    judged = examples.on([split.test.as_of])
    cohort = Cohort(
        judged.entities.tolist(),
        judged.outcomes,
        definition.capacity.of(len(judged)),
        seed=definition.learner.seed,
    )
    return Fold(split, examples, judged, cohort)


def _nothing_to_judge_by(definition: ModelDefinition) -> Fault:
    file, first = f"models/{definition.model}/model.yaml", definition.as_of.test_from
    if first is None:
        found = "is not given, and a search may look only at what was known by then"
        return Fault(file, "as_of.test_from", found, "write the first date to be tested on")
    return Fault(
        file,
        "learner.search",
        f"finds no two dates with outcomes of both kinds, the later learning from the earlier, "
        f"that were all known by {first}, the first test date",
        "set as_of.test_from later, start as_of.first earlier, or do without the search",
    )
