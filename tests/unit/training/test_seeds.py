"""Spread over retrains: none where there is nothing to disagree about, some where there is little to learn."""

import pytest

from training.analyses.seeds import seeds
from training.data.prepared import Prepared


@pytest.fixture
def spread(define, make_examples, label_years):
    def of(learner="lightgbm", **made):
        found = seeds(Prepared(define(), None, make_examples(**made), label_years()))
        return {each["learner"]: each for each in found.figures["learners"]}[learner]

    return of


def test_ten_halves_teach_each_learner(define, make_examples, label_years):
    found = seeds(Prepared(define(), None, make_examples(), label_years()))

    assert found.figures["refits"] == 10
    assert [each["learner"] for each in found.figures["learners"]] == ["logistic", "lightgbm"]
    assert found.figures["test_as_of"] == "2024-01-01"


def test_more_data_move_scores_less(spread):
    few, many = spread("logistic", homes=60), spread("logistic", homes=600)

    assert many["score_sd"] < 0.6 * few["score_sd"]


def test_a_list_is_partly_kept_and_never_more_than_whole(spread):
    found = spread()

    assert 0 < found["least_kept"] <= found["kept"] <= found["most_kept"] <= 1
    assert 0 < found["same_reason"] <= 1
