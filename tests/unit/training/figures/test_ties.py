import numpy as np
import pytest

from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes, precision_at
from training.figures.ranking import draw_lots, order_by_score
from training.figures.ties import Ties, ties_at


def outcomes(marks):
    found = np.array(list(marks))
    return Outcomes(found == "+", found != "?")


def test_rows_level_at_the_cut_count_their_share():
    precision, recall = ties_at(np.array([3.0, 2, 2, 2, 1]), outcomes("++--+"), 2)

    assert precision == Ties(1 / 2, (1 + 1 / 3) / 2, 1.0)
    assert recall == Ties(1 / 3, pytest.approx((1 + 1 / 3) / 3), 2 / 3)


def test_what_is_expected_is_what_lots_give_on_average():
    scores, found = np.repeat([2.0, 1.0], [3, 9]), outcomes("+--++++-----")
    entities = [str(row) for row in range(12)]
    orders = [order_by_score(scores, draw_lots(entities, seed)) for seed in range(2_000)]
    given = [precision_at(order, found, 6 / 12)(each_once(12))[0] for order in orders]

    assert np.mean(given) == pytest.approx(ties_at(scores, found, 6)[0].expected, abs=0.01)


def test_without_ties_chance_decides_nothing():
    precision, recall = ties_at(np.array([4.0, 3, 2, 1]), outcomes("+--+"), 2)

    assert precision == Ties(0.5, 0.5, 0.5)
    assert recall == Ties(0.5, 0.5, 0.5)


def test_the_worst_list_takes_rows_nobody_looked_at_before_positives():
    precision, _ = ties_at(np.zeros(4), outcomes("+??-"), 2)

    assert (precision.worst, precision.best) == (0.0, 1.0)


def test_a_list_nobody_looked_at_has_no_precision():
    precision, recall = ties_at(np.array([2.0, 1.0]), outcomes("?+"), 1)

    assert precision == Ties(None, None, None)
    assert recall == Ties(0.0, 0.0, 0.0)


def test_lift_is_unknown_where_the_base_rate_is_nought():
    assert Ties(0.1, 0.2, 0.4).times(2.0) == Ties(0.2, 0.4, 0.8)
    assert Ties(0.1, 0.2, 0.4).times(float("nan")) == Ties(None, None, None)
