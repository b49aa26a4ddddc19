"""One experiment: every candidate on every test date, the one chosen, and the bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from hearth.definition import ModelDefinition
from hearth.errors import DataError, Fault
from hearth.progress import Progress, silent
from hearth.risk_model import Calibration, FeatureSpec, Scorer
from training.choosing.bar import Verdict, judge
from training.choosing.fairness_gaps import Groups
from training.choosing.selection import Selection, select
from training.data.examples import Examples
from training.figures.comparison import Difference, compare, pairs_of
from training.figures.evaluation import CandidateFigures, Cohort, Scores, evaluate
from training.learners.baselines import RANDOM, Logistic, Rule, random_scores
from training.learners.estimator import Candidate, LightGBM, Remembered
from training.learners.single_feature import BestFeature
from training.probabilities.calibration import calibrate
from training.probabilities.held_out import HeldOut, hold_out
from training.validation.splits import LabelPeriod, Split, Timetable, temporal_splits

_TASK = "Train"


@dataclass(frozen=True)
class Fitted:
    """A candidate as learnt from some rows: what scores, and what makes a score a probability."""

    scorer: Scorer
    calibration: Calibration
    held_out: HeldOut


@dataclass(frozen=True)
class SplitResult:
    """What every candidate made of one test date.

    `test` holds everybody scored, `cohort` the same people as they are judged; `scores`,
    `figures`, `gaps` (between groups, empty where none is held) and `fitted` are by candidate name.
    """

    split: Split
    trained_rows: int
    test: Examples
    cohort: Cohort
    scores: Mapping[str, Scores]
    figures: Mapping[str, CandidateFigures]
    gaps: Mapping[str, float | None] = field(default_factory=dict)
    fitted: Mapping[str, Fitted] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The test as-of date, ISO."""
        return self.split.test.as_of.isoformat()


@dataclass(frozen=True)
class Experiment:
    """All test dates, the candidate chosen, how it compares, and whether it met the bar.

    `candidates` are those that could be chosen, by name; they remember their fits.
    """

    splits: tuple[SplitResult, ...]
    candidates: Mapping[str, Candidate]
    selection: Selection
    differences: tuple[Difference, ...]
    verdict: Verdict

    @property
    def chosen(self) -> Candidate:
        """The candidate chosen."""
        return self.candidates[self.selection.chosen]


def trees_of(definition: ModelDefinition, features: Sequence[FeatureSpec]) -> LightGBM:
    """LightGBM as a definition sets it."""
    learner = definition.learner
    return LightGBM(
        features,
        seed=learner.seed,
        parameters=learner.parameters,
        monotone={name: held.direction for name, held in learner.monotone.items()},
    )


def candidates_of(definition: ModelDefinition, examples: Examples) -> list[Candidate]:
    """Candidates that may be chosen, from the simplest: rules, one feature, logistic, LightGBM."""
    return [
        *(Rule(baseline, examples.features) for baseline in definition.baselines),
        Remembered(BestFeature(examples.features)),
        Remembered(Logistic(examples.features)),
        Remembered(trees_of(definition, examples.features)),
    ]


def run_experiment(
    definition: ModelDefinition,
    examples: Examples,
    periods: Sequence[LabelPeriod],
    progress: Progress = silent,
    *,
    groups: Groups | None = None,
) -> Experiment:
    """Experiment on a model's examples.

    Parameters
    ----------
    definition
        Candidates, capacity and bar.
    examples
        All rows of the matrix.
    periods
        Label periods of the as-of dates on which any outcome is known.
    progress
        Told of each fit.
    groups
        Groups of the matrix's rows, by which no candidate learns; lists are judged by them.

    Raises
    ------
    DataError
        If there is no test date with an earlier one to learn from.
    """
    candidates = candidates_of(definition, examples)
    splits = splits_of(definition, examples, periods)
    total = len(splits) * len(candidates) + 1
    results = []
    for number, split in enumerate(splits):
        progress(f"{_TASK} {definition.model}: {split.test.as_of}", number * len(candidates), total)
        results.append(_run_split(definition, candidates, examples, split, groups))
    progress(f"{_TASK} {definition.model}: compare", total - 1, total)
    selection = select(
        candidates,
        [result.figures for result in results],
        definition.success.metric,
        rule=definition.success.choose_by,
        gaps=[result.gaps for result in results],
    )
    chosen = selection.chosen
    differences = compare(
        [result.cohort for result in results],
        [result.scores for result in results],
        pairs_of(candidates, chosen),
        seed=definition.learner.seed,
    )
    own = {result.name: result.figures[chosen] for result in results}
    verdict = judge(definition.success, chosen, differences, own)
    by_name = {candidate.name: candidate for candidate in candidates}
    return Experiment(tuple(results), by_name, selection, tuple(differences), verdict)


def splits_of(
    definition: ModelDefinition, examples: Examples, periods: Sequence[LabelPeriod]
) -> list[Split]:
    """Test dates with earlier outcomes of both kinds to learn from.

    Raises
    ------
    DataError
        If there is none.
    """
    splits = usable_splits(definition, examples, periods)
    if not splits:
        raise DataError([_nothing_to_test(definition)])
    return splits


def usable_splits(
    definition: ModelDefinition, examples: Examples, periods: Sequence[LabelPeriod]
) -> list[Split]:
    """Test dates with earlier outcomes of both kinds to learn from; there may be none."""
    return [
        split
        for split in temporal_splits(periods, Timetable.of(definition))
        if _both_classes(examples, split.training_dates)
    ]


def fit(
    candidate: Candidate, examples: Examples, periods: Sequence[LabelPeriod], *, seed: int
) -> Fitted:
    """Candidate learnt from rows with known outcomes, calibrated on rows held out of its fits."""
    held_out = hold_out(candidate, examples, periods, seed=seed)
    scorer = candidate.fit(examples.observed())
    calibration = calibrate(held_out, is_log_odds=scorer.kind != "rule")
    return Fitted(scorer, calibration, held_out)


def _run_split(
    definition: ModelDefinition,
    candidates: Sequence[Candidate],
    examples: Examples,
    split: Split,
    groups: Groups | None,
) -> SplitResult:
    seed = definition.learner.seed
    learnt_from, test = examples.on(split.training_dates), examples.on([split.test.as_of])
    cohort = Cohort(
        test.entities.tolist(),
        test.outcomes,
        definition.capacity.of(len(test)),
        seed=seed,
        visited_on=test.found_on if definition.label.schedule == "daily" else None,
    )
    fitted = {
        candidate.name: fit(candidate, learnt_from, split.training, seed=seed)
        for candidate in candidates
    }
    scores = {name: _scores(each, test) for name, each in fitted.items()}
    scores[RANDOM] = Scores(random_scores(test.entities, seed))
    rows = int(learnt_from.outcomes.observed.sum())
    figures, gaps = evaluate(cohort, scores), _gaps(groups, split, cohort, scores)
    return SplitResult(split, rows, test, cohort, scores, figures, gaps, fitted)


def _gaps(
    groups: Groups | None, split: Split, cohort: Cohort, scores: Mapping[str, Scores]
) -> dict[str, float | None]:
    if groups is None:
        return {}
    day = np.datetime64(split.test.as_of)
    return {
        name: groups.gap(day, cohort.selected(cohort.order(each.raw)), cohort.outcomes)
        for name, each in scores.items()
    }


def _scores(fitted: Fitted, test: Examples) -> Scores:
    raw = test.raw_scores(fitted.scorer)
    return Scores(raw, fitted.calibration.probability(raw))


def _both_classes(examples: Examples, dates: Sequence[date]) -> bool:
    rows = np.isin(examples.as_of, np.array(dates, dtype="datetime64[D]"))
    positive = examples.positive[rows & examples.outcomes.observed]
    return bool(positive.any() and not positive.all())


def _nothing_to_test(definition: ModelDefinition) -> Fault:
    return Fault(
        f"models/{definition.model}/model.yaml",
        "as_of",
        "leaves no test date with earlier outcomes of both kinds known by then",
        "start as_of earlier, shorten the label's window, or move test_from later",
    )
