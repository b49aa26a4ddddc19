"""When a model says that it cannot tell."""

import numpy as np
import pytest

from hearth.risk_model import FeatureSpec
from hearth.risk_model.abstention import Abstention, groups_recorded

FEATURES = (
    FeatureSpec("noise_count", "noise", "noise", "number"),
    FeatureSpec("home_floors", "home", "homes", "number"),
    FeatureSpec("home_floors_filled", "home", "homes", "number", flag_of="home_floors"),
    FeatureSpec("home_tenure", "tenure", "homes", "category", ("owned", "rented")),
)
ROWS = np.array(
    [
        [0.0, 2.0, 0.0, 1.0],
        [np.nan, 2.0, 1.0, np.nan],
        [np.nan, 2.0, 0.0, np.nan],
    ]
)


def test_a_count_of_nothing_is_recorded_and_what_was_filled_in_is_not():
    assert groups_recorded(FEATURES, ROWS).tolist() == [3, 0, 1]


@pytest.mark.parametrize(("least", "thin"), [(1, [0, 1, 0]), (2, [0, 1, 1]), (4, [1, 1, 1])])
def test_fewer_groups_than_the_rule_asks_for_are_too_few(least, thin):
    rule = Abstention(fewer_recorded_than=least)

    assert rule.is_too_thin(FEATURES, ROWS).tolist() == thin


def test_an_interval_wider_than_the_rule_allows_is_too_wide():
    rule = Abstention(wider_than=0.3)

    assert rule.is_too_wide(np.array([0.1, 0.1]), np.array([0.39, 0.41])).tolist() == [False, True]


def test_without_a_rule_no_model_abstains():
    rule = Abstention.of({"abstain": None})

    assert not rule.is_too_thin(FEATURES, ROWS).any()
    assert not rule.is_too_wide(np.zeros(1), np.ones(1)).any()
