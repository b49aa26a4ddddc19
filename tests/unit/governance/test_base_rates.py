"""Made-up lists with a planted truth: what base rates explain is softened, and nothing else is."""

import numpy as np
import pytest

from governance.disclosure.control import disclosure_policy
from governance.fairness.base_rates import Stated, soften_table
from governance.fairness.groups import group_table
from governance.fairness.many_comparisons import adjusted_report
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS, Verdict

TOLERANCE = (0.8, 1.25)
ROWS, SHARE_LISTED = 20_000, 0.15
RECALL = METRICS["recall"]


def chance_of(log_odds):
    return 1 / (1 + np.exp(-log_odds))


def comparison_of(*, apart, planted=None, seed=1, unobserved=0.0):
    """Recall of the group b, a quarter of all, beside a's; b's need lies `apart` from a's."""
    random = np.random.default_rng(seed)
    in_b = random.random(ROWS) < 0.25
    need = random.normal(size=ROWS) - 1.2 + apart * in_b
    chance = chance_of(1.3 * need)
    happened, stated = random.random(ROWS) < chance, chance
    if planted == "outcomes recorded less":
        happened &= ~(in_b & (random.random(ROWS) < 0.35))
    if planted == "outcomes recorded more":
        happened |= in_b & (random.random(ROWS) < 0.2)
    if planted == "risk understated":
        stated = chance_of(1.3 * need - 0.5 * in_b)
    if planted == "little known":
        is_blank = in_b & (random.random(ROWS) < 0.7)
        stated = np.where(is_blank, chance[in_b].mean(), chance)
    listed = np.zeros(ROWS, dtype=bool)
    listed[np.lexsort((random.random(ROWS), -stated))[: int(SHARE_LISTED * ROWS)]] = True
    observed = random.random(ROWS) >= unobserved * in_b
    rows = np.arange(ROWS)
    outcomes = Outcomes(listed, happened, observed, rows, np.zeros(ROWS, dtype=int))
    groups = Grouping.of(np.where(in_b, "b", "a"))
    table = group_table(
        "area", outcomes, groups, policy=disclosure_policy("none"), tolerance=TOLERANCE, reference="a"
    )  # fmt: skip
    softened = soften_table(table, groups, [RECALL], Stated.of(outcomes, stated), TOLERANCE)
    return softened.rows[1].comparisons["recall"]


@pytest.mark.parametrize("apart", [0.9, -0.9])
def test_a_gap_that_base_rates_give_reads_consistent_with_them(apart):
    found = comparison_of(apart=apart)

    assert found.verdict is Verdict.CONSISTENT
    assert found.expected_ratio.value == pytest.approx(found.ratio.value, rel=0.15)
    assert found.beyond_base_rates.low < 1 < found.beyond_base_rates.high


@pytest.mark.parametrize("apart", [0.9, -0.9])
@pytest.mark.parametrize(
    "planted",
    ["outcomes recorded less", "outcomes recorded more", "risk understated", "little known"],
)
def test_unequal_base_rates_hide_no_other_harm(apart, planted):
    verdicts = [comparison_of(apart=apart, planted=planted, seed=seed).verdict for seed in range(5)]

    assert Verdict.CONSISTENT not in verdicts


def test_a_score_that_knows_less_of_a_group_stays_a_concern_though_it_is_calibrated_there():
    found = comparison_of(apart=-0.9, planted="little known")

    assert found.verdict is Verdict.CONCERN
    assert found.beyond_base_rates.high < 1


def test_a_group_that_is_looked_at_less_is_not_excused_by_its_base_rate():
    assert comparison_of(apart=0.9).verdict is Verdict.CONSISTENT
    assert comparison_of(apart=0.9, unobserved=0.4).verdict is Verdict.CONCERN


def test_where_base_rates_are_equal_they_explain_nothing():
    found = comparison_of(apart=0.0, planted="risk understated")

    assert found.verdict is Verdict.CONCERN
    assert found.expected_ratio is None


def test_a_gap_that_many_comparisons_bring_by_luck_is_no_concern():
    """Fifty groups, all alike in truth but for their draws, over ten councils."""
    raised = {"plain": 0, "adjusted": 0}
    for seed in range(10):
        random = np.random.default_rng(seed)
        groups = Grouping.of(random.integers(0, 50, 40_000))
        outcomes = Outcomes(
            random.random(40_000) < 0.1, random.random(40_000) < 0.2, np.ones(40_000, dtype=bool),
            np.arange(40_000), np.zeros(40_000, dtype=int),
        )  # fmt: skip
        table = group_table(
            "area", outcomes, groups, policy=disclosure_policy("none"), tolerance=(0.999, 1.001)
        )
        after = adjusted_report({"area": table}, (), [RECALL])[0]["area"]
        for name, read in (("plain", table), ("adjusted", after)):
            verdicts = [row.comparisons["recall"].verdict for row in read.rows]
            raised[name] += Verdict.CONCERN in verdicts

    assert raised["plain"] >= 6
    assert raised["adjusted"] <= 1
