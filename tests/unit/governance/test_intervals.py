import numpy as np
import pytest
from scipy import stats

from governance.fairness.intervals import (
    design_effects,
    difference,
    false_discovery_adjusted,
    ratio_of_rates,
    smallest_detectable_gap,
    wilson,
)


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 8), (50, 100), (19, 19), (1, 2000)])
def test_wilson_agrees_with_scipy(successes, trials):
    theirs = stats.binomtest(successes, trials).proportion_ci(method="wilson")

    ours = wilson(successes, trials)

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_a_difference_of_two_shares_has_the_interval_that_newcombe_prints():
    found = difference(wilson(56, 70), wilson(48, 80))

    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("found", [3, 8, 20])
def test_a_difference_holds_the_truth_where_few_were_found(found):
    lot, others = 700, 4000
    random = np.random.default_rng(found)
    share = found / lot
    pairs = zip(
        random.binomial(lot, share, 2000), random.binomial(others, share, 2000), strict=True
    )
    each = [difference(wilson(many, others), wilson(few, lot)) for few, many in pairs]

    assert np.mean([one.low <= 0 <= one.high for one in each]) >= 0.93


def test_the_log_ratio_interval_agrees_with_scipys_relative_risk():
    theirs = stats.contingency.relative_risk(30, 120, 60, 300).confidence_interval(0.95)

    ours = ratio_of_rates(30, 120, 60, 300)

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


def test_a_rate_of_nought_still_has_a_ratio_interval_above_nought():
    ratio = ratio_of_rates(0, 40, 20, 80)

    assert ratio.value == 0.0
    assert 0 < ratio.low < ratio.high < 1


def test_a_reference_rate_of_nought_has_no_ratio():
    assert ratio_of_rates(5, 10, 0, 10) is None


def test_adjusted_p_values_agree_with_scipy():
    given = [0.001, 0.04, 0.03, 0.9, 0.2, 0.04]

    assert false_discovery_adjusted(given) == pytest.approx(
        stats.false_discovery_control(given, method="bh")
    )


def test_no_p_values_adjust_to_none():
    assert len(false_discovery_adjusted([])) == 0


def test_rows_that_copy_each_other_have_a_design_effect_of_their_number():
    happened = np.tile([3, 0, 0, 3, 0, 3], 50)

    effect = design_effects(happened, np.full(300, 3), np.zeros(300, dtype=int), 1)

    assert effect == pytest.approx([3], rel=0.01)


def test_rows_that_stand_alone_have_a_design_effect_of_about_one():
    happened = np.tile([1, 0, 0, 1, 0, 1], 500)

    effect = design_effects(happened, np.ones(3000, dtype=int), np.zeros(3000, dtype=int), 1)

    assert effect == pytest.approx([1], rel=0.001)


@pytest.mark.parametrize(("above", "below"), [([0, 0], [3, 3]), ([2], [2]), ([4, 2], [4, 2])])
def test_where_all_are_alike_a_clusters_rows_count_as_one(above, below):
    effect = design_effects(np.array(above), np.array(below), np.zeros(len(above), dtype=int), 1)

    assert effect == pytest.approx([sum(below) / len(below)])


def test_a_group_that_nobody_counts_in_has_a_design_effect_of_one():
    effect = design_effects(np.array([1, 0]), np.array([1, 1]), np.array([0, 0]), 2)

    assert effect[1] == 1.0


def test_the_design_effect_agrees_with_a_bootstrap_over_entities():
    random = np.random.default_rng(1)
    chance = np.repeat(random.beta(1, 3, 400), 3)
    happened, counted = random.random(1200) < chance, random.random(1200) < 0.7
    below, above = counted.reshape(400, 3).sum(1), (happened & counted).reshape(400, 3).sum(1)
    draws = random.multinomial(400, np.full(400, 1 / 400), size=4000)
    rates = (draws @ above) / (draws @ below)
    rate = above.sum() / below.sum()

    effect = design_effects(above, below, np.zeros(400, dtype=int), 1)

    assert effect == pytest.approx([rates.var() / (rate * (1 - rate) / below.sum())], rel=0.1)


def test_more_people_let_a_smaller_gap_be_seen():
    few, many = (
        smallest_detectable_gap(10, 50, 200, 1000),
        smallest_detectable_gap(100, 500, 200, 1000),
    )

    assert 0 < many < few < 1


def test_the_smallest_detectable_gap_is_found_four_times_in_five():
    random = np.random.default_rng(2)
    gap = smallest_detectable_gap(120, 600, 120, 600)
    high, low = (random.binomial(600, 0.2 + side * gap / 2, 4000) / 600 for side in (1, -1))
    pooled = (high + low) / 2
    found = abs(high - low) / np.sqrt(pooled * (1 - pooled) * 2 / 600) > 1.96

    assert found.mean() == pytest.approx(0.8, abs=0.04)
