import numpy as np
import pytest

from training.figures.bootstrap import interval, replicate
from training.figures.metrics import Outcomes
from training.figures.schedule import days_earlier

MONDAY = np.datetime64("2024-01-01")


def visits(marks, *days):
    found = np.array(list(marks))
    return MONDAY + np.array(days), Outcomes(found == "+", found != "?")


def earlier(scores, days, outcomes, weights=None):
    drawn = np.array([weights or [1] * len(scores)], dtype=np.uint8).T
    return days_earlier(np.array(scores, dtype=float), days, outcomes)(drawn)[0]


def test_positives_put_first_are_found_on_the_first_days():
    days, outcomes = visits("--++", 0, 1, 4, 6)

    assert earlier([1, 2, 4, 3], days, outcomes) == pytest.approx((4 - 0 + 6 - 1) / 2)


def test_as_many_are_visited_on_each_day_as_there_were():
    days, outcomes = visits("-++", 0, 0, 5)

    assert earlier([3, 2, 1], days, outcomes) == 0
    assert earlier([1, 3, 2], days, outcomes) == pytest.approx(5 / 2)


def test_the_order_in_which_visits_were_made_gains_nothing():
    days, outcomes = visits("+-+-+", 0, 1, 2, 3, 4)

    assert earlier([5, 4, 3, 2, 1], days, outcomes) == 0


def test_rows_of_equal_score_share_their_days():
    days, outcomes = visits("--+", 0, 3, 9)

    assert earlier([1, 1, 1], days, outcomes) == pytest.approx(9 - 4)


def test_rows_nobody_visited_are_left_out_of_the_schedule():
    days, outcomes = visits("?-+", 0, 1, 3)

    assert earlier([9, 1, 2], days, outcomes) == pytest.approx(2)


def test_a_row_drawn_twice_is_visited_twice():
    days, outcomes = visits("-+", 0, 4)
    twice = visits("-++", 0, 4, 4)

    assert earlier([1, 2], days, outcomes, [1, 2]) == pytest.approx(earlier([1, 2, 2], *twice))
    assert earlier([1, 2], days, outcomes, [1, 2]) == pytest.approx((8 - (0 + 4)) / 2)


def test_without_a_positive_there_is_nothing_to_find_earlier():
    days, outcomes = visits("--", 0, 4)

    assert np.isnan(earlier([1, 2], days, outcomes))


def test_days_earlier_comes_with_an_interval():
    random = np.random.default_rng(0)
    found = random.uniform(size=400) < 0.3
    days = MONDAY + np.arange(400) // 20
    outcomes = Outcomes(found, np.ones(400, bool))
    scores = found + random.normal(size=400)

    values = replicate({"d": days_earlier(scores, days, outcomes)}, np.arange(400))["d"]
    low, high = interval(values)
    assert 0 < low < earlier(scores, days, outcomes) < high < 20
