import numpy as np
import pytest

from training.choosing.fairness_gaps import Groups
from training.figures.metrics import Outcomes

DAY = np.datetime64("2024-01-01")


def gap(groups, selected, positive=None, *, by_recall=True, **more):
    rows = len(groups)
    positive = np.ones(rows, bool) if positive is None else np.array(positive)
    columns = {"area": np.array(groups), **{name: np.array(v) for name, v in more.items()}}
    held = Groups(np.full(rows, DAY), columns, by_recall)
    return held.gap(DAY, np.array(selected), Outcomes(positive, np.ones(rows, bool)))


def test_the_gap_is_how_far_the_least_found_group_lies_below_the_most_found():
    listed = [True] * 8 + [False] * 2 + [True] * 4 + [False] * 6

    assert gap(["a"] * 10 + ["b"] * 10, listed) == pytest.approx(0.5)


def test_only_positives_count_where_help_is_given_and_all_where_a_burden_is():
    groups, listed = ["a"] * 20 + ["b"] * 20, [True] * 20 + [True] * 10 + [False] * 10
    positive = ([True] * 10 + [False] * 10) * 2

    assert gap(groups, listed, positive) == pytest.approx(0.0)
    assert gap(groups, listed, positive, by_recall=False) == pytest.approx(0.5)


def test_small_groups_and_those_not_recorded_make_no_gap():
    groups = ["a"] * 10 + ["b"] * 9 + ["not recorded"] * 10

    assert gap(groups, [True] * 10 + [False] * 19) is None


def test_the_attribute_with_the_widest_gap_counts():
    listed = [True] * 10 + [False] * 10

    assert gap(["a", "b"] * 10, listed, tenure=["own"] * 10 + ["rent"] * 10) == pytest.approx(1.0)


def test_only_rows_of_the_date_count():
    held = Groups(
        np.array([DAY, DAY + 1] * 10), {"area": np.array(["a", "b"] * 10)}, by_recall=True
    )
    everybody = Outcomes(np.ones(10, bool), np.ones(10, bool))

    assert held.gap(DAY, np.ones(10, bool), everybody) is None
