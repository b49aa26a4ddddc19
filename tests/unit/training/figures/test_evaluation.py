import numpy as np
import pytest

from training.figures.comparison import compare
from training.figures.evaluation import Cohort, Scores, evaluate
from training.figures.metrics import Outcomes
from training.figures.ties import Ties


def cohort(marks: str, *, capacity: int) -> Cohort:
    found = np.array(list(marks))
    entities = [f"rsn-{number}" for number in range(len(found))]
    return Cohort(entities, Outcomes(found == "+", found != "?"), capacity, seed=5)


def falling(rows: int) -> Scores:
    return Scores(np.arange(rows, 0.0, -1.0))


def test_figures_at_capacity_come_with_intervals():
    figures = evaluate(cohort("+-++-" * 40, capacity=50), {"rule": falling(200)})["rule"]

    precision = figures.precision_at_capacity
    assert precision.value == pytest.approx(0.6)
    assert 0.4 < precision.low < 0.6 < precision.high < 0.8


def test_lift_is_precision_over_the_base_rate_of_those_looked_at():
    figures = evaluate(cohort("++??----", capacity=2), {"rule": falling(8)}, replicates=10)["rule"]

    assert figures.lift.value == pytest.approx(1 / (2 / 6))


def test_the_share_of_the_list_that_was_looked_at_is_reported():
    figures = evaluate(cohort("+?-?", capacity=2), {"rule": falling(4)}, replicates=10)["rule"]

    assert figures.observed_share_of_list.value == pytest.approx(0.5)


def test_published_precision_ranks_only_those_looked_at():
    marks = "?" * 50 + "+" * 50 + "-" * 100
    figures = evaluate(cohort(marks, capacity=10), {"rule": falling(200)}, replicates=10)["rule"]

    assert figures.precision_at_100.value == pytest.approx(0.5)
    assert figures.precision_at_10pct.value == pytest.approx(1.0)


def test_a_score_of_one_value_shows_how_much_ties_decide():
    level = Scores(np.zeros(8))
    figures = evaluate(cohort("++------", capacity=2), {"rule": level}, replicates=10)["rule"]

    assert figures.precision_by_ties == Ties(0.0, 0.25, 1.0)


def test_a_candidate_without_probabilities_has_no_calibration():
    figures = evaluate(cohort("+-+-", capacity=2), {"rule": falling(4)}, replicates=10)["rule"]

    assert figures.brier.value is None
    assert figures.calibration_slope.value is None


def test_a_capacity_of_nobody_is_refused():
    with pytest.raises(ValueError, match="capacity is 0"):
        cohort("+-", capacity=0)


def test_every_figure_of_a_list_comes_with_an_interval():
    figures = evaluate(cohort("+-++?-" * 60, capacity=50), {"rule": falling(360)})["rule"]

    for name in ("lift", "observed_share_of_list", "precision_at_100", "precision_at_10pct"):
        found = getattr(figures, name)
        assert found.low < found.value < found.high


def test_a_better_candidate_is_better_by_a_paired_interval_above_zero():
    judged = cohort("+" * 60 + "-" * 140, capacity=60)
    random = np.random.default_rng(0)
    scores = {"model": falling(200), "random": Scores(random.uniform(size=200))}

    difference = compare([judged], [scores], [("model", "random")])[0]

    assert difference.metric == "precision_at_capacity"
    assert 0 < difference.low < difference.difference < difference.high


def test_differences_are_means_over_splits():
    first, second = cohort("++--", capacity=2), cohort("--++", capacity=2)
    other = Scores(np.array([1.0, 3.0, 4.0, 2.0]))
    scores = [{"a": falling(4), "b": other}, {"a": falling(4), "b": other}]

    difference = compare([first, second], scores, [("a", "b")], replicates=10)[0]

    assert difference.difference == pytest.approx(((1 - 0.5) + (0 - 0.5)) / 2)
