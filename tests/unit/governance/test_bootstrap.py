import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as fairlearn

from governance.disclosure.control import disclosure_policy
from governance.fairness.bootstrap import rates_of, ratio_of_ratios, resampled, widest_gap
from governance.fairness.groups import group_table
from governance.fairness.intervals import wilson
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS

RECALL = METRICS["recall"]
COUNTS = np.array([[300, 200, 0, 700, 2800, 0], [60, 30, 0, 40, 170, 0]])


def table_of(happened, selected, groups, *, copies=1):
    rows = len(happened) * copies
    outcomes = Outcomes(
        np.tile(selected, copies), np.tile(happened, copies), np.ones(rows, dtype=bool),
        np.tile(np.arange(len(happened)), copies), np.repeat(np.arange(copies), len(happened)),
    )  # fmt: skip
    return group_table(
        "area", outcomes, Grouping.of(np.tile(groups, copies)),
        policy=disclosure_policy("none"), tolerance=(0.8, 1.25),
    )  # fmt: skip


def made_up(rows=3000, seed=4):
    random = np.random.default_rng(seed)
    groups = random.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])
    happened, selected = random.random(rows) < 0.3, random.random(rows) < 0.2
    return happened, selected | (happened & (groups == "b")), groups


def test_rates_of_resampled_counts_spread_as_their_intervals_say():
    rates = rates_of(resampled(COUNTS, replicates=4000), RECALL)

    low, high = np.quantile(rates, [0.025, 0.975], axis=0)
    for group, (found, missed) in enumerate(COUNTS[:, [0, 3]]):
        interval = wilson(found, found + missed)
        assert (low[group], high[group]) == pytest.approx((interval.low, interval.high), abs=0.01)


def test_drawing_counts_is_the_same_as_fairlearns_drawing_of_rows():
    happened, selected, groups = made_up(1500)
    theirs = fairlearn.MetricFrame(
        metrics=fairlearn.true_positive_rate, y_true=happened, y_pred=selected,
        sensitive_features=pd.Series(groups), n_boot=150, ci_quantiles=[0.1, 0.9], random_state=3,
    ).by_group_ci  # fmt: skip
    counts = Outcomes(
        selected, happened, np.ones(1500, dtype=bool), np.arange(1500), np.zeros(1500, dtype=int)
    ).counts(Grouping.of(groups))

    ours = np.nanquantile(rates_of(resampled(counts), RECALL), [0.1, 0.9], axis=0)

    assert np.array([list(limit) for limit in theirs]) == pytest.approx(ours, abs=0.035)


def test_the_widest_gap_names_its_groups_and_what_chance_would_give():
    found = widest_gap(table_of(*made_up()), RECALL)

    assert found.highest == "b"
    assert found.gap.low <= found.gap.value <= found.gap.high
    assert 0 < found.by_chance < found.gap.low


def test_rows_that_repeat_an_entity_make_no_gap_surer():
    once, thrice = (widest_gap(table_of(*made_up(), copies=n), RECALL).gap for n in (1, 3))

    assert thrice.value == pytest.approx(once.value)
    assert thrice.high - thrice.low == pytest.approx(once.high - once.low, rel=0.1)


def test_a_ratio_of_ratios_holds_the_one_that_was_planted():
    happened, selected, groups = made_up(20_000)
    rows = {
        row.group: (row.counts, row.rates["recall"])
        for row in table_of(happened, selected, groups).rows
    }

    found = ratio_of_ratios(RECALL, (rows["b"], rows["a"]), (rows["c"], rows["a"]))

    assert found.low < 1 / 0.2 < found.high


def test_the_same_counts_always_give_the_same_interval():
    assert (resampled(COUNTS) == resampled(COUNTS.copy())).all()
