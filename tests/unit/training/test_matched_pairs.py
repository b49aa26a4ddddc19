"""Matched pairs: the like are paired once, the unlike never, and a group by lot stands no higher."""

import numpy as np
import pytest

from governance.fairness.paired import paired_difference
from training.analyses.alike import caliper_of, pairs_within, points_of, unlikeness
from training.analyses.matched_pairs import matched_pairs

LOTS = np.arange(3, dtype=np.uint64)


@pytest.fixture
def found(assess_homes):
    return matched_pairs(assess_homes(homes=300)).as_json()


def test_the_nearest_are_paired_and_nobody_twice():
    own, others = np.array([[0.0], [0.1], [9.0]]), np.array([[0.02], [1.0]])

    mine, theirs = pairs_within(own, others, 2.0, LOTS)

    assert list(zip(mine, theirs, strict=True)) == [(0, 0), (1, 1)]


def test_whoever_is_further_than_the_caliper_is_left_out():
    mine, _ = pairs_within(np.array([[0.0], [5.0], [9.0]]), np.array([[0.1]]), 1.0, LOTS)

    assert mine.tolist() == [0]


def test_every_reason_group_has_the_same_say_however_many_features(assess_homes):
    examples = assess_homes().examples
    points = points_of(examples.features, np.array([[2.0, 3.0, 0.0], [2.0, 3.0, 1.0], [3.0, 3.0, 0.0]]))  # fmt: skip

    flag, number = (float(((points[0] - points[each]) ** 2).sum()) for each in (1, 2))
    assert flag == pytest.approx(1 / 4)  # half of one of two groups
    assert number == pytest.approx(1 / 2 / np.std([2, 2, 3]) ** 2)


def test_half_alike_rows_of_one_spread_are_not_unlike():
    points = np.random.default_rng(0).normal(size=(400, 3))

    assert unlikeness(points[:200], points[200:]) < 0.2
    assert unlikeness(points[:200], points[200:] + 1) > 0.5
    assert 0 < caliper_of(points) < 3


def test_groups_by_lot_stand_alike_and_are_paired(found):
    (by_lot,) = [each for each in found["differences"] if each["attribute"] == "lot"]

    assert by_lot["paired"] > 0.5
    assert by_lot["standing"]["low"] < 0.02
    assert by_lot["standing"]["high"] > -0.02


def test_pairs_are_counted_for_disclosure(found):
    each = found["pairs"]["of"][0]

    assert sum(each["listed_pairs"]) <= each["people"]
    assert sum(each["outcome_pairs"]) <= sum(each["listed_pairs"])


def test_few_disagreeing_pairs_give_an_interval_round_the_difference():
    found = paired_difference(5, 10, 100)

    assert found.value == pytest.approx(-0.05)
    assert (found.low, found.high) == pytest.approx((-0.1257, 0.0276), abs=5e-4)
