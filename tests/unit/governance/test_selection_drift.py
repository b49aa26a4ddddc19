"""Groups that are on the list more often than they were."""

import numpy as np
import pytest

from governance.disclosure.control import disclosure_policy
from governance.fairness.outcomes import Grouping
from governance.fairness.selection_drift import selection_drift


def _listed(north, south, size=1_000):
    selected = np.zeros(2 * size, dtype=bool)
    selected[:north] = True
    selected[size : size + south] = True
    return selected, Grouping.of(["north"] * size + ["south"] * size)


def _drift(then, now, policy="none"):
    return selection_drift(
        "area", then, now, policy=disclosure_policy(policy), tolerance=(0.8, 1.25)
    )


def test_a_group_that_is_listed_twice_as_often_has_moved():
    north, south = _drift(_listed(300, 300), _listed(450, 150))

    assert (north.moved, south.moved) == (True, True)
    assert north.ratio == pytest.approx(1.5)


def test_a_list_that_is_longer_for_all_has_moved_for_nobody():
    found = _drift(_listed(100, 100), _listed(200, 200))

    assert [(each.ratio, each.moved) for each in found] == [(1.0, False)] * 2


def test_a_difference_that_chance_can_make_is_not_held_to_be_one():
    north, _ = _drift(_listed(20, 20), _listed(26, 14))

    assert north.ratio == pytest.approx(1.3)
    assert not north.moved


def test_a_group_of_whom_a_handful_is_listed_is_not_shown():
    north, south = _drift(_listed(100, 3), _listed(100, 100), policy="dfe")

    assert south.then is None
    assert south.ratio is None
    assert north.ratio is None  # with everybody's sum it would give the other away
