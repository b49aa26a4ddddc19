from types import SimpleNamespace

import numpy as np
import pytest

from training.figures.comparison import compare, pairs_of
from training.figures.evaluation import Cohort, Scores
from training.figures.metrics import Outcomes

CANDIDATES = [
    SimpleNamespace(name=name, complexity=complexity)
    for name, complexity in (("rule", 0), ("logistic", 1), ("lightgbm", 2))
]


def test_every_model_is_set_against_everything_simpler_and_against_chance():
    pairs = pairs_of(CANDIDATES, "lightgbm")

    assert {("lightgbm", "rule"), ("lightgbm", "logistic"), ("logistic", "rule")} <= set(pairs)
    assert {("lightgbm", "random"), ("logistic", "random"), ("rule", "random")} <= set(pairs)


def test_the_chosen_is_set_against_every_other_first_and_no_pair_comes_twice():
    pairs = pairs_of(CANDIDATES, "rule")

    assert pairs[:2] == [("rule", "logistic"), ("rule", "lightgbm")]
    assert len(pairs) == len(set(pairs))


def test_days_earlier_are_compared_where_every_cohort_has_its_schedule():
    days = np.datetime64("2024-01-01") + np.arange(4)
    cohort = Cohort(list("abcd"), Outcomes(np.arange(4) > 1, np.ones(4, bool)), 2, visited_on=days)
    scores = {"model": Scores(np.arange(4.0)), "rule": Scores(-np.arange(4.0))}

    found = compare([cohort], [scores], [("model", "rule")], replicates=10)

    (difference,) = [d for d in found if d.metric == "days_earlier"]
    assert difference.difference == pytest.approx(2.0)
