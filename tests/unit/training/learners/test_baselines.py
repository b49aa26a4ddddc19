from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hearth.definition import Baseline
from training.figures.metrics import Outcomes
from training.figures.ranking import draw_lots
from training.learners.baselines import Logistic, Rule, random_scores


@pytest.fixture
def seen(make_examples):
    return make_examples().observed()


def rule(seen, order):
    baseline = Baseline(name="a rule", rank_by="home_floors", order=order)
    return Rule(baseline, seen.features).fit(seen)


def test_the_logistic_regression_is_scikit_learns_on_the_same_columns(seen):
    """Its terms, told over raw values, score as a design matrix of our own making does."""
    columns = []
    for place in (0, 1):
        known = seen.rows.column(place)
        centre, scale = np.nanmedian(known), np.nanstd(known)
        columns += [(np.where(np.isnan(known), centre, known) - centre) / scale, np.isnan(known)]
    tenure = seen.rows.column(2)
    design = np.column_stack([*columns, tenure == 0, tenure == 1, np.isnan(tenure)])
    positive = seen.outcomes.positive
    theirs = LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(design, positive)

    ours = seen.raw_scores(Logistic(seen.features).fit(seen))

    np.testing.assert_allclose(ours, theirs.decision_function(design), atol=1e-8)


def test_the_order_of_the_rows_does_not_move_the_logistic_regression(seen):
    """It is solved, not stopped on the way: rounding has no say in who is on the list."""
    learner, backwards = Logistic(seen.features), np.arange(len(seen))[::-1]
    forth = learner.fit(seen)
    back = learner.fit(seen.where(backwards))

    np.testing.assert_allclose(seen.raw_scores(forth), seen.raw_scores(back), atol=1e-10)


def test_a_start_from_some_rows_leads_to_the_same_logistic_regression(seen, monkeypatch):
    at_once = Logistic(seen.features).fit(seen)
    monkeypatch.setattr("training.learners.baselines._ROWS_TO_START", 50)
    by_steps = Logistic(seen.features).fit(seen)

    assert by_steps != at_once
    np.testing.assert_allclose(seen.raw_scores(by_steps), seen.raw_scores(at_once), atol=1e-9)


@pytest.mark.parametrize(("order", "first"), [("highest_first", 9.0), ("lowest_first", 1.0)])
def test_a_rule_ranks_by_its_feature_and_puts_the_missing_last(seen, order, first):
    values = np.array([9.0, 1.0, np.nan])
    rows = np.column_stack([np.zeros(3), values, np.zeros(3)])

    raw = rule(seen, order).raw_score(rows)

    assert values[raw.argmax()] == first
    assert np.isnan(values[raw.argmin()])


@pytest.mark.parametrize(
    ("bound", "firsts"), [({"at_least": 2}, [2.0, 9.0]), ({"at_most": 1}, [0.0, 1.0])]
)
def test_a_threshold_puts_first_whoever_reaches_it_and_leaves_the_rest_level(seen, bound, firsts):
    values = np.array([0.0, 1.0, 2.0, 9.0, np.nan])
    rows = np.column_stack([values, np.zeros((5, 2))])
    baseline = Baseline(name="a rule", rank_by="noise_count_12m", **bound)

    raw = Rule(baseline, seen.features).fit(seen).raw_score(rows)

    assert values[raw == 1].tolist() == firsts
    assert (raw[raw != 1] == 0).all()


def test_a_rule_learns_nothing_from_outcomes(seen):
    baseline = Baseline(name="a rule", rank_by="noise_count_12m")
    made = Rule(baseline, seen.features)

    other = replace(seen, outcomes=Outcomes(~seen.positive, seen.outcomes.observed))

    assert made.fit(seen) == made.fit(other)


def test_chance_gives_an_entity_the_same_score_wherever_it_stands():
    forth = random_scores(np.array(["a", "b", "c"]), 1)
    back = random_scores(np.array(["c", "b", "a"]), 1)

    np.testing.assert_array_equal(forth, back[::-1])
    assert ((forth >= 0) & (forth < 1)).all()


def test_chance_is_not_the_lot_that_breaks_ties():
    names = np.array([f"home-{number}" for number in range(500)])
    lots = draw_lots(names.tolist(), 1).astype(float)

    assert abs(np.corrcoef(random_scores(names, 1), lots)[0, 1]) < 0.15
