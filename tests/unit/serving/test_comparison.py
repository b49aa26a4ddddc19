import numpy as np
import pytest

from hearth.risk_model import FeatureSpec
from hearth.risk_model.cohort import distribution_of
from serving.scores.comparison import compare_category, compare_number, standing

COUNT = FeatureSpec("noise_count_12m", "noise", "noise_complaints", "number")
DAYS = FeatureSpec("noise_days_since_last", "noise", "noise_complaints", "number", (), "days")
SUM = FeatureSpec("noise_sum_hours_12m", "noise", "noise_complaints", "number", (), "hours")
ZERO_TO_NINE = distribution_of(np.arange(10.0))
MOSTLY_ZERO = distribution_of(np.array([0.0] * 7 + [1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (9.0, "more than 90 of 100 homes"),
        (10.0, "more than all homes in the comparison"),
        (0.0, "fewer than 90 of 100 homes"),
        (-1.0, "fewer than all homes in the comparison"),
        (4.5, "more than 50 of 100 homes"),
    ],
)
def test_a_count_is_placed_by_how_many_are_sure_to_lie_beside_it(value, words):
    assert compare_number(value, COUNT, ZERO_TO_NINE, "homes") == words


def test_a_value_most_share_is_said_to_be_the_same_and_not_higher_or_lower():
    assert compare_number(0.0, COUNT, MOSTLY_ZERO, "homes") == "the same as 70 of 100 homes"


def test_a_value_in_the_middle_says_both_sides():
    third = distribution_of(np.array([0.0, 1.0, 2.0]))
    assert (
        compare_number(1.0, COUNT, third, "homes") == "more than 33 and fewer than 33 of 100 homes"
    )


def test_days_since_something_are_longer_ago_and_not_higher():
    assert compare_number(9.0, DAYS, ZERO_TO_NINE, "homes") == "longer ago than 90 of 100 homes"


def test_an_amount_is_more_or_less():
    assert compare_number(0.0, SUM, ZERO_TO_NINE, "homes") == "less than 90 of 100 homes"


def test_where_some_values_are_missing_the_comparison_says_whom_it_is_with():
    gaps = distribution_of(np.array([0.0, 0.0, 1.0, np.nan]))
    assert (
        compare_number(1.0, SUM, gaps, "homes")
        == "more than 66 of 100 homes where this is recorded"
    )


def test_a_cohort_without_a_recorded_value_is_no_comparison():
    empty = distribution_of(np.array([np.nan]))
    assert compare_number(1.0, COUNT, empty, "homes") == "with no homes to compare it with"


def test_shares_are_rounded_down_so_that_no_claim_is_too_large():
    values = distribution_of(np.array([0.0] * 899 + [1.0] * 101))
    assert standing(1.0, values).below == 89


def test_equal_values_are_not_claimed_where_a_thinned_distribution_could_hide_others():
    thinned = distribution_of(np.arange(1000.0))
    middle = thinned.values[100]
    assert standing(middle, thinned).same == 0


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.29, "the same as 29 of 100 homes where this is recorded"),
        (0.004, "the same as fewer than 1 of 100 homes where this is recorded"),
        (0.0, "unlike all homes where this is recorded in the comparison"),
    ],
)
def test_a_category_is_placed_by_its_share(share, words):
    assert compare_category("owned", {"owned": share}, "homes") == words


def test_a_mark_without_a_unit_is_higher_or_lower():
    mark = FeatureSpec("outside_last_cladding", "outside", "evaluations", "number")
    assert compare_number(9.0, mark, ZERO_TO_NINE, "homes") == "higher than 90 of 100 homes"
