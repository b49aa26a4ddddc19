from dataclasses import replace

import numpy as np
import pytest

from training.data.rows import Rows
from training.figures.metrics import Outcomes
from training.learners.estimator import LightGBM, Remembered


@pytest.fixture
def seen(make_examples):
    return make_examples().observed()


def trees(scorer):
    """The trees themselves: what LightGBM writes below them repeats the parameters."""
    return scorer.text.split("end of trees")[0]


def test_the_same_rows_give_the_same_trees(seen):
    first, second = (LightGBM(seen.features, seed=3) for _ in range(2))
    fits = [each.fit(seen).text for each in (first, second)]

    assert fits[0] == fits[1]


def test_threads_change_no_tree(seen):
    one, two = (
        LightGBM(seen.features, seed=3, parameters={"num_threads": n, "num_iterations": 20})
        for n in (1, 2)
    )
    fits = [trees(each.fit(seen)) for each in (one, two)]

    assert fits[0] == fits[1]


def test_a_definition_sets_the_number_of_trees_by_any_of_their_names(seen):
    learner = LightGBM(seen.features, seed=3, parameters={"n_estimators": 4})

    assert learner.fit(seen).booster.num_trees() == 4


def test_a_monotone_feature_moves_the_score_one_way_only(seen):
    learner = LightGBM(seen.features, seed=3, monotone={"home_floors": "decreasing"})
    scorer = learner.fit(seen)
    rising = np.column_stack([np.full(50, 2.0), np.linspace(0, 6, 50), np.zeros(50)])

    assert (np.diff(scorer.raw_score(rising)) <= 1e-12).all()


def test_a_missing_value_stays_missing_and_is_scored(seen):
    scorer = LightGBM(seen.features, seed=3).fit(seen)

    assert np.isfinite(scorer.raw_score(np.full((1, 3), np.nan))).all()


class Counting:
    name, complexity = "counting", 1

    def __init__(self):
        self.fits = 0

    def fit(self, seen):
        self.fits += 1
        return object()


def test_the_same_rows_are_learnt_from_once(seen):
    counting = Counting()
    remembered = Remembered(counting)

    first = remembered.fit(seen)

    assert remembered.fit(seen.where(seen.outcomes.observed)) is first
    assert counting.fits == 1


def test_other_rows_or_other_outcomes_are_learnt_from_anew(seen):
    counting = Counting()
    remembered = Remembered(counting)
    other = Outcomes(~seen.positive, seen.outcomes.observed)

    remembered.fit(seen)
    remembered.fit(replace(seen, outcomes=other))
    remembered.fit(replace(seen, rows=Rows.of(seen.rows.table() + 1)))

    assert counting.fits == 3
