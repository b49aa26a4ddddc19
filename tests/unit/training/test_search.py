from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hearth.definition import Search
from hearth.errors import DataError, StoppedError
from hearth.settings import load_settings
from training.figures.comparison import Difference
from training.figures.metrics import Outcomes
from training.logged.search_log import search_findings
from training.search import Rows, search
from training.search.decision import is_ahead
from training.search.folds import folds_of
from training.search.judge import Judge
from training.search.objective import AVERAGE_PRECISION
from training.search.space import SPACE, free, house_values, with_values

FAST = {"parameters": {"num_iterations": 8}, "search": {"trials": 6}}


@pytest.fixture
def definition(define):
    return define({"as_of.last": "2024-01-01", "as_of.test_from": "2023-01-01", "learner": FAST})


@pytest.fixture
def rows(make_examples, label_years):
    return Rows(make_examples(), label_years(), "these rows")


@pytest.fixture
def settings(tmp_path):
    return load_settings(tmp_path)


def shown(found):
    """What does not differ from run to run: all but how long it took."""
    tried = [replace(each, seconds=0.0) for each in found.tried]
    return replace(found, tried=tuple(tried))


def stopping_after(trials):
    """A progress that stops the search, as ctrl-C does, once so many are tried."""

    def report(_task, done, _total):
        if done == trials:
            raise KeyboardInterrupt

    return report


def test_a_search_judges_on_dates_whose_labels_were_known_by_the_first_test(definition, rows):
    folds = folds_of(definition, rows.examples, rows.periods)

    assert [fold.day for fold in folds] == [date(y, 1, 1) for y in (2020, 2021, 2022)]
    for fold in folds:
        assert max(fold.split.training_dates) < fold.day
        assert all(p.known_on <= fold.day for p in fold.split.training)


def test_the_latest_eight_dates_are_judged_on(definition, make_examples, label_years):
    dates = tuple(date(year, 1, 1) for year in range(2005, 2024))
    folds = folds_of(definition, make_examples(homes=20, dates=dates), label_years(dates))

    assert [fold.day.year for fold in folds] == list(range(2015, 2023))
    assert len(folds[0].split.training) == 10


def test_without_a_date_before_the_tests_the_fault_says_what_to_change(definition, rows):
    late = definition.as_of.model_copy(update={"test_from": date(2020, 1, 1)})
    wanting = definition.model_copy(update={"as_of": late})

    with pytest.raises(DataError, match=r"known by 2020-01-01, .* set as_of.test_from later"):
        folds_of(wanting, rows.examples, rows.periods)


def test_a_stopped_search_goes_on_and_comes_to_what_one_run_through_does(
    definition, rows, settings, tmp_path
):
    budget = definition.learner.search
    with pytest.raises(StoppedError, match="stopped after 3 trials") as stopped:
        search(settings, definition, rows, budget, stopping_after(3))
    resumed = search(settings, definition, rows, budget)

    through = search(load_settings(tmp_path / "other"), definition, rows, budget)

    assert stopped.value.exit_code == 130
    assert shown(resumed) == shown(through)


def test_a_trial_that_a_kill_left_running_is_made_again(definition, rows, settings, monkeypatch):
    through = search(settings, definition, rows, Search(trials=3))
    monkeypatch.setattr("training.search.study.Kept.fail", lambda *_: None)
    monkeypatch.setattr(Judge, "verdicts", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        search(settings, definition, rows, Search(trials=4))
    monkeypatch.undo()

    again = search(settings, definition, rows, Search(trials=4))

    assert shown(again).tried[:3] == shown(through).tried
    assert len(again.tried) == 4


def test_trials_beyond_the_budget_have_no_say(definition, rows, settings):
    before = search(settings, definition, rows, Search(trials=3))
    more = search(settings, definition, rows, Search(trials=5))

    assert shown(search(settings, definition, rows, Search(trials=3))) == shown(before)
    assert len(more.tried) == 5


def test_a_search_that_was_done_is_read_and_not_fitted(definition, rows, settings, monkeypatch):
    first = search(settings, definition, rows, Search(trials=3))
    monkeypatch.setattr(Judge, "_fit", lambda *_: 1 / 0)

    again = search(settings, definition, rows, Search(trials=3))

    assert (first.was_done, again.was_done) == (False, True)
    assert shown(again) == shown(first)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Search(trials=6), "Its parameters are used in every fit of a training."),
        (Search(trials=3), "`search: {trials: 3}` under `learner` in models/"),
    ],
)
def test_what_a_search_beyond_the_definition_found_is_not_said_to_be_used(
    definition, rows, settings, asked, said
):
    ahead = Difference("best tried", "house settings", "auc", 0.1, 0.05, 0.2)
    found = replace(search(settings, definition, rows, asked), difference=ahead)

    (finding,) = search_findings(found)

    assert f"the best of {asked.trials} tries is flattered" in finding.sentences[-2]
    assert said in finding.sentences[-1]
    assert not found.importances


def test_minutes_are_counted_over_all_the_times_a_search_is_taken_up(definition, rows, settings):
    moment = Search(minutes=1e-6)
    first = search(settings, definition, rows, moment)

    assert len(first.tried) == 1
    assert shown(search(settings, definition, rows, moment)) == shown(first)


def test_a_changed_definition_begins_a_new_search_and_says_so(definition, rows, settings):
    search(settings, definition, rows, Search(trials=2))
    capacity = definition.capacity.model_copy(update={"count": 10})
    changed = definition.model_copy(update={"capacity": capacity})

    found = search(settings, changed, rows, Search(trials=2))

    assert "the definition changed since the search began on " in found.set_aside
    assert "its 2 trials are set aside" in found.set_aside
    assert search(settings, definition, rows, Search(trials=2)).set_aside is None


def test_the_first_trial_is_the_house_settings_and_grows_their_trees(definition, rows):
    judge = Judge.of(definition, rows.examples, rows.periods)
    learner, fold = definition.learner, judge.folds[-1]
    varied = with_values(learner, house_values(learner))

    np.testing.assert_array_equal(
        judge.scores(fold, varied), judge.scores(fold, learner.parameters)
    )


def test_numbers_of_trees_are_judged_as_if_each_were_grown_alone(define, rows):
    plain = define({"as_of.last": "2024-01-01", "as_of.test_from": "2023-01-01", "learner": {}})
    judge = Judge.of(plain, rows.examples, rows.periods)
    *_, verdict = judge.verdicts({"num_leaves": 4})
    alone = {"num_leaves": 4, "num_iterations": verdict.trees}
    raws = [judge.scores(fold, alone) for fold in judge.folds]

    own = [
        judge.objective.figures(f.cohort, raw)[0] for f, raw in zip(judge.folds, raws, strict=True)
    ]

    assert own == pytest.approx(verdict.figures, abs=1e-9)


def test_what_the_definition_writes_is_held(define):
    learner = define({"learner": {"parameters": {"eta": 0.2, "max_leaves": 5}}}).learner

    assert {d.name for d in SPACE} - {d.name for d in free(learner)} == {
        "learning_rate",
        "num_leaves",
    }


@pytest.mark.parametrize(
    ("capacity", "metric"), [(20, AVERAGE_PRECISION), (60, "precision_at_capacity")]
)
def test_where_hits_are_few_average_precision_chooses(
    definition, make_examples, label_years, capacity, metric
):
    wide = definition.capacity.model_copy(update={"count": capacity})
    changed = definition.model_copy(update={"capacity": wide})

    judge = Judge.of(changed, make_examples(homes=200), label_years())

    assert judge.objective.metric == metric


@pytest.mark.parametrize(("low", "used"), [(0.001, True), (-0.001, False), (None, False)])
def test_the_best_is_ahead_only_with_its_whole_interval(low, used):
    ahead = Difference("best", "house", "auc", 0.02, low, 0.1)

    assert is_ahead(ahead) is used


def test_where_nothing_can_be_learnt_the_house_settings_stay(definition, rows, settings):
    random = np.random.default_rng(1).random(len(rows.examples)) < 0.3
    seen = np.ones(len(rows.examples), dtype=bool)
    noise = replace(rows, examples=replace(rows.examples, outcomes=Outcomes(random, seen)))

    assert not search(settings, definition, noise, Search(trials=6)).is_adopted
