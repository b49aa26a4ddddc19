import numpy as np
import pytest

from training.figures import metrics
from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes
from training.figures.ranking import draw_lots, order_by_score


def outcomes(text: str) -> Outcomes:
    """`+` seen with the outcome, `-` seen without, `?` nobody looked."""
    marks = np.array(list(text))
    return Outcomes(marks == "+", marks != "?")


def plain(statistic) -> float:
    def of(rows: int) -> float:
        return float(statistic(each_once(rows))[0])

    return of


def test_precision_counts_only_those_looked_at():
    order = np.arange(6)

    precision = metrics.precision_at(order, outcomes("+?-??+"), share=3 / 6)

    assert plain(precision)(6) == pytest.approx(1 / 2)


def test_a_list_nobody_looked_at_has_no_precision():
    precision = metrics.precision_at(np.arange(4), outcomes("??+-"), share=2 / 4)

    assert np.isnan(plain(precision)(4))


def test_recall_is_of_the_known_cases():
    recall = metrics.recall_at(np.arange(5), outcomes("+-+?+"), share=2 / 5)

    assert plain(recall)(5) == pytest.approx(1 / 3)


def test_the_observed_share_of_the_list_is_stated():
    observed = metrics.observed_at(np.arange(4), outcomes("+??-"), share=2 / 4)

    assert plain(observed)(4) == pytest.approx(1 / 2)


def test_a_row_drawn_twice_takes_two_places_on_the_list():
    precision = metrics.precision_at(np.arange(4), outcomes("+--+"), share=2 / 4)

    assert precision(np.array([[2, 1, 1, 0]], dtype=np.uint8).T)[0] == pytest.approx(1.0)


def test_the_base_rate_is_of_those_looked_at():
    assert outcomes("+-??-").base_rate == pytest.approx(1 / 3)


def test_an_unknown_outcome_cannot_be_positive():
    with pytest.raises(ValueError, match="nobody looked"):
        Outcomes(np.array([True]), np.array([False]))


def test_two_predicted_for_one_that_came_reads_two():
    ratio = metrics.predicted_over_actual(np.array([0.5, 0.5, 0.5, 0.5, 1.0]), outcomes("+---?"))

    assert plain(ratio)(5) == pytest.approx(2.0)


def test_ties_at_the_end_of_the_list_are_cut_by_lot_alone():
    entities = [str(number) for number in range(10)]
    order = order_by_score(np.zeros(10), draw_lots(entities, seed=0))

    assert sorted(order.tolist()) == list(range(10))
