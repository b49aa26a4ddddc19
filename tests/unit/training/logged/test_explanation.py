from dataclasses import replace

import numpy as np
import pytest

from hearth.risk_model import LogisticScorer, LogisticTerm, RuleScorer
from training.data.rows import Rows
from training.logged.explanation import Explained


@pytest.fixture
def cohort(make_examples):
    return make_examples()


def logistic(cohort, *weights):
    terms = [
        LogisticTerm(feature.name, weight=weight)
        for feature, weight in zip(cohort.features, weights, strict=True)
    ]
    return LogisticScorer(0.0, tuple(terms))


def explained(scorer, cohort):
    return Explained.of(scorer, cohort, seed=1)


def test_the_group_that_moves_scores_most_comes_first(cohort):
    found = explained(logistic(cohort, 0.1, 2.0, 0.0), cohort).importance()

    assert [item.group for item in found] == ["home", "noise"]
    assert sum(item.share for item in found) == pytest.approx(1)


def test_features_of_a_group_that_cancel_count_for_nothing(cohort):
    rows = cohort.rows.table()
    rows[:, 2] = -rows[:, 1]
    alike = replace(cohort, rows=Rows.of(rows))

    found = {i.group: i for i in explained(logistic(alike, 1.0, 1.0, 1.0), alike).importance()}

    assert found["home"].mean_absolute == pytest.approx(0, abs=1e-12)


def test_a_model_that_moves_nothing_has_shares_of_nothing(cohort):
    found = explained(logistic(cohort, 0.0, 0.0, 0.0), cohort).importance()

    assert [item.share for item in found] == [0, 0]


def test_a_large_cohort_is_shown_by_lot_and_the_same_lot_each_time(make_examples):
    cohort = make_examples(homes=500)
    first, second = (explained(logistic(cohort, 1.0, 1.0, 1.0), cohort) for _ in range(2))

    assert len(first.rows) == 2_000
    np.testing.assert_array_equal(first.rows, second.rows)


def test_dependence_is_drawn_of_features_that_move_scores_and_of_no_others(cohort):
    rule = RuleScorer(feature=1, features=3, sign=1.0, missing=-9.0, average=0.0)

    names = [name for name, _ in explained(rule, cohort).figures()]

    assert names == ["shap_beeswarm", "shap_dependence_home_floors"]
