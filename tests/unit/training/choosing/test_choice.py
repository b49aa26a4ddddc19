import numpy as np
import pytest

from training.choosing.choice import RULES, Past, choose

NAMES = ("rule", "logistic", "lightgbm")


def past(*dates, chance=0.1, gaps=None):
    figures = np.array(dates, dtype=float)
    held = np.full_like(figures, np.nan) if gaps is None else np.array(gaps, dtype=float)
    return Past(NAMES, np.arange(3), figures, np.full(len(figures), chance), held)


def test_the_best_average_need_not_be_the_best_now():
    seen = past([0.2, 0.3, 0.9], [0.2, 0.4, 0.3])

    assert choose("best_average", seen) == "lightgbm"
    assert choose("best_current", seen) == "logistic"


def test_a_date_two_dates_ago_counts_half():
    seen = past([0, 0.5, 0.91], [0, 0, 0], [0, 1.0, 0.79])

    assert RULES["recency_weighted"](seen)[1:] == pytest.approx(
        [(0.5 * 0.5 + 1.0) / (0.5 + 0.5**0.5 + 1), (0.5 * 0.91 + 0.79) / (0.5 + 0.5**0.5 + 1)]
    )
    assert choose("recency_weighted", seen) == "logistic"
    assert choose("best_average", seen) == "lightgbm"


def test_steadiness_does_not_excuse_doing_worse_than_chance():
    seen = past([0.05, 0.30, 0.5], [0.05, 0.32, 0.2])

    assert choose("lowest_variance", seen) == "logistic"


def test_most_often_near_the_best_forgives_two_points():
    seen = past([0.1, 0.29, 0.3], [0.1, 0.29, 0.3], [0.1, 0.5, 0.3])

    assert choose("most_often_near_best", seen) == "logistic"


def test_within_noise_the_simplest_is_chosen():
    noisy = past([0.30, 0.1, 0.2], [0.29, 0.1, 0.5], [0.31, 0.1, 0.25])
    clear = past([0.2, 0.1, 0.31], [0.2, 0.1, 0.30], [0.2, 0.1, 0.32])

    assert choose("simplest_within_noise", noisy) == "rule"
    assert choose("simplest_within_noise", clear) == "lightgbm"


def test_an_easy_date_for_all_is_no_noise_between_them():
    seen = past([0.1, 0.2, 0.21], [0.8, 0.9, 0.91])

    assert choose("simplest_within_noise", seen) == "lightgbm"


def test_the_least_gap_is_chosen_of_those_that_do_as_well():
    noisy = [[0.30, 0.1, 0.2], [0.29, 0.1, 0.5], [0.31, 0.1, 0.25]]
    gaps = [[0.5, 0.0, 0.1], [np.nan, 0.0, 0.2], [0.5, 0.0, 0.1]]

    assert choose("least_fairness_gap", past(*noisy, gaps=gaps)) == "lightgbm"


@pytest.mark.parametrize("rule", RULES)
def test_whatever_the_rule_the_simplest_is_chosen_where_all_are_level(rule):
    assert choose(rule, past([0.3, 0.3, 0.3], [0.1, 0.1, 0.1])) == "rule"
    assert choose(rule, past([0.3, 0.1 + 0.2, 0.1 + 0.1 + 0.1])) == "rule"


@pytest.mark.parametrize("rule", RULES)
def test_whatever_the_rule_dates_unknown_for_one_count_for_none(rule):
    assert choose(rule, past([0.1, np.nan, 0.9])) == "rule"
    assert choose(rule, past([0.1, 0.2, 0.3], [0.9, np.nan, 0.1])) == choose(
        rule, past([0.1, 0.2, 0.3])
    )
