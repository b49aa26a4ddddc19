from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as fairlearn
from sklearn.metrics import precision_score

from governance.disclosure.control import disclosure_policy
from governance.fairness.bootstrap import widest_gap
from governance.fairness.groups import group_table
from governance.fairness.intersections import pair_tables
from governance.fairness.many_comparisons import adjusted_report
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS, Verdict
from hearth.errors import DataError

COMPAS = Path(__file__).parents[2] / "data" / "compas_for_aequitas.csv.gz"
TOLERANCE = (0.8, 1.25)


@pytest.fixture(scope="module")
def people():
    return pd.read_csv(COMPAS)


def outcomes_of(selected, happened, *, observed=None, entity=None, split=None):
    rows = len(selected)
    return Outcomes(
        np.asarray(selected, dtype=bool),
        np.asarray(happened, dtype=bool),
        np.ones(rows, dtype=bool) if observed is None else np.asarray(observed, dtype=bool),
        np.arange(rows) if entity is None else np.asarray(entity),
        np.zeros(rows, dtype=int) if split is None else np.asarray(split),
    )


def compas_table(people, policy):
    return group_table(
        "race",
        outcomes_of(people.score == 1, people.label_value == 1),
        Grouping.of(people.race),
        policy=disclosure_policy(policy),
        tolerance=TOLERANCE,
        reference="Caucasian",
    )


def row_of(table, group):
    return next(row for row in table.rows if row.group == group)


@pytest.mark.parametrize(
    ("group", "counts", "fpr", "others"),
    [
        (
            "African-American",
            (3696, 1369, 805, 532, 990),
            (0.4485, 0.4256, 0.4716),
            (0.2799, 0.3703, 0.3495),
        ),
        (
            "Caucasian",
            (2454, 505, 349, 461, 1139),
            (0.2345, 0.2137, 0.2567),
            (0.4772, 0.4087, 0.2881),
        ),
        ("Hispanic", (637, 103, 87, 129, 318), (0.2148, 0.1776, 0.2574), (0.5560, 0.4579, 0.2886)),
        ("Other", (377, 43, 36, 90, 208), (0.1475, 0.1085, 0.1975), (0.6767, 0.4557, 0.3020)),
        ("Asian", (32, 6, 2, 3, 21), (0.0870, 0.0242, 0.2680), (0.3333, 0.2500, 0.1250)),
        ("Native American", (18, 9, 3, 1, 5), (0.3750, 0.1368, 0.6943), (0.1000, 0.2500, 0.1667)),
    ],
)
def test_compas_gives_the_published_figures_to_four_decimals(people, group, counts, fpr, others):
    row = row_of(compas_table(people, "none"), group)

    assert tuple(row.counts[name] for name in ("n", "tp", "fp", "fn", "tn")) == counts
    interval = row.rates["false_positive_rate"].interval
    assert (interval.value, interval.low, interval.high) == pytest.approx(fpr, abs=5e-5)
    names = ("false_negative_rate", "false_discovery_rate", "false_omission_rate")
    assert [row.rates[name].interval.value for name in names] == pytest.approx(others, abs=5e-5)


def test_compas_shows_a_concern_where_the_interval_allows_it_and_cannot_tell_where_not(people):
    table = compas_table(people, "none")

    large = row_of(table, "African-American").comparisons["false_positive_rate"]
    small = row_of(table, "Native American").comparisons["false_positive_rate"]

    assert (large.ratio.value, large.ratio.low, large.ratio.high) == pytest.approx(
        (1.912, 1.72, 2.12), abs=5e-3
    )
    assert large.verdict is Verdict.CONCERN
    assert (small.ratio.value, small.ratio.low, small.ratio.high) == pytest.approx(
        (1.599, 0.65, 3.93), abs=5e-3
    )
    assert small.verdict is Verdict.CANNOT_TELL


def test_fairlearn_agrees_on_every_rate_of_every_group(people):
    table = compas_table(people, "none")
    theirs = fairlearn.MetricFrame(
        metrics={
            "recall": fairlearn.true_positive_rate,
            "false_negative_rate": fairlearn.false_negative_rate,
            "false_positive_rate": fairlearn.false_positive_rate,
            "selection_rate": fairlearn.selection_rate,
            "precision": precision_score,
            "false_discovery_rate": lambda y, listed: 1 - precision_score(y, listed),
            "false_omission_rate": lambda y, listed: 1 - precision_score(1 - y, 1 - listed),
            "base_rate": lambda y, _: fairlearn.selection_rate(y, y),
        },
        y_true=people.label_value.astype(int),
        y_pred=people.score.astype(int),
        sensitive_features=people.race,
    )

    for row in table.rows:
        for metric in theirs.by_group.columns:
            rate = row.rates[metric].interval.value
            assert rate == pytest.approx(theirs.by_group.loc[row.group, metric])
    assert set(theirs.by_group.columns) == set(METRICS) - {"observed_share"}


def test_fairlearn_agrees_on_the_widest_gap_and_on_ratios_to_the_reference(people):
    table = compas_table(people, "none")
    theirs = fairlearn.MetricFrame(
        metrics=fairlearn.false_positive_rate,
        y_true=people.label_value.astype(int),
        y_pred=people.score.astype(int),
        sensitive_features=people.race,
    )

    widest = widest_gap(table, METRICS["false_positive_rate"])
    assert widest.gap.value == pytest.approx(theirs.difference())
    for row in table.rows:
        ratio = row.comparisons["false_positive_rate"].ratio
        if row.group != "Caucasian":
            expected = theirs.by_group[row.group] / theirs.by_group["Caucasian"]
            assert ratio.value == pytest.approx(expected)


def test_under_dfe_the_small_groups_read_confidential(people):
    table = compas_table(people, "dfe")

    for group in ("Asian", "Native American"):
        row = row_of(table, group)
        assert [row.counts[cell] for cell in ("tp", "fp", "fn", "tn")] == [None] * 4
        assert row.rates["false_positive_rate"].mark == "[c]"
        assert row.comparisons["false_positive_rate"].verdict is Verdict.CANNOT_TELL
    assert row_of(table, "African-American").counts["tp"] == 1369


def test_sex_within_race_shows_a_gap_that_sex_alone_hides(people):
    outcomes = outcomes_of(people.score == 1, people.label_value == 1)
    groups = {name: Grouping.of(people[name]) for name in ("race", "sex")}
    settings = {"policy": disclosure_policy("none"), "tolerance": TOLERANCE}
    tables = {
        name: group_table(name, outcomes, given, **settings) for name, given in groups.items()
    }

    alone = row_of(tables["sex"], "Female").comparisons["false_positive_rate"]
    metrics = [METRICS["false_positive_rate"]]
    found = pair_tables(outcomes, groups, tables, metrics=metrics, **settings)
    _, (crossed,) = adjusted_report(tables, found, metrics)
    (women,) = (
        pair for pair in crossed.comparisons if (pair.within, pair.group) == ("Caucasian", "Female")
    )

    assert alone.verdict is not Verdict.CONCERN
    assert women.rate.interval.value == pytest.approx(0.3016, abs=5e-5)
    assert women.reference_rate.interval.value == pytest.approx(0.2125, abs=5e-5)
    assert women.adjusted_p_value < 0.05


def test_a_row_nobody_looked_at_is_counted_as_listed_but_never_as_a_negative():
    table = group_table(
        "area",
        outcomes_of([1, 1, 0, 0], [1, 0, 0, 0], observed=[1, 0, 1, 0]),
        Grouping.of(["north"] * 4),
        policy=disclosure_policy("none"),
        tolerance=TOLERANCE,
    )
    counts = table.rows[0].counts

    assert (counts["n"], counts["selected"], counts["known"]) == (4, 2, 2)
    assert (counts["fp"], counts["tn"]) == (0, 1)
    assert table.rows[0].rates["precision"].interval.value == 1.0


def test_two_rows_for_one_entity_in_one_split_are_refused():
    with pytest.raises(DataError, match="1 rows repeat an entity within a split"):
        outcomes_of([1, 0], [1, 0], entity=[7, 7], split=[0, 0])


def test_rows_that_repeat_an_entity_make_the_interval_wider():
    happened = np.tile([1, 0, 0, 1, 0], 40)
    arguments = {"policy": disclosure_policy("none"), "tolerance": TOLERANCE}
    once = outcomes_of(np.ones(200), happened)
    thrice = outcomes_of(
        np.ones(600),
        np.tile(happened, 3),
        entity=np.tile(np.arange(200), 3),
        split=np.repeat([0, 1, 2], 200),
    )

    alone = group_table("area", once, Grouping.of(["a"] * 200), **arguments)
    pooled = group_table("area", thrice, Grouping.of(["a"] * 600), **arguments)

    assert pooled.is_clustered
    narrow, wide = (table.rows[0].rates["base_rate"].interval for table in (alone, pooled))
    assert (wide.low, wide.high) == pytest.approx((narrow.low, narrow.high), abs=2e-3)


def test_a_reference_rate_of_nothing_gives_no_ratio_and_no_verdict():
    table = group_table(
        "area",
        outcomes_of([1] * 10 + [0] * 10, [1] * 20),
        Grouping.of(["a"] * 10 + ["b"] * 10),
        policy=disclosure_policy("none"),
        tolerance=TOLERANCE,
        reference="b",
    )
    comparison = row_of(table, "a").comparisons["recall"]

    assert comparison.ratio is None
    assert comparison.verdict is Verdict.CANNOT_TELL
    assert comparison.difference == 1.0


def test_a_reference_that_nobody_is_in_is_refused_by_name():
    with pytest.raises(DataError, match=r"fairness\.attributes\.area\.reference.*group west"):
        group_table(
            "area",
            outcomes_of([1], [1]),
            Grouping.of(["north"]),
            policy=disclosure_policy("none"),
            tolerance=TOLERANCE,
            reference="west",
        )


def test_between_groups_treated_alike_a_concern_is_rare():
    concerns = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        need = random.normal(size=4000)
        selected = need + random.normal(size=4000) > 1.8
        happened = need + random.normal(size=4000) > 0.5
        groups = random.choice(["a", "b", "c", "d"], 4000, p=[0.7, 0.2, 0.07, 0.03])
        table = group_table(
            "area", outcomes_of(selected, happened), Grouping.of(groups),
            policy=disclosure_policy("dfe"), tolerance=TOLERANCE,
        )  # fmt: skip
        found = [row.comparisons["recall"].verdict for row in table.rows]
        concerns += Verdict.CONCERN in found

    assert concerns <= 5
