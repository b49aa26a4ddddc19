import json
from dataclasses import astuple, replace

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as fairlearn

from governance.assessment import assess
from governance.disclosure.control import POLICIES, protect_table
from governance.fairness.intervals import wilson
from governance.fairness.outcomes import Grouping, Outcomes
from governance.given_scores import Question, assess_scores
from governance.report.render import make_document, render_html, render_json
from hearth.definition import Capacity
from hearth.errors import DataError

ROWS = 600
PUBLIC = Question("mixed", "none", is_probability=True)


@pytest.fixture(scope="module")
def sample():
    random = np.random.default_rng(11)
    score = random.uniform(0.02, 0.98, ROWS)
    return pd.DataFrame(
        {
            "score": score,
            "label": (random.uniform(size=ROWS) < score).astype(int),
            "selected": (score > 0.6).astype(int),
            "sex": random.choice(["F", "M"], ROWS),
            "ward": random.choice(["East", "North", "West"], ROWS),
            "weight": random.choice([1.0, 2.0, 5.0], ROWS),
        }
    )


def assessed(rows, *, weights=None, question=PUBLIC, **columns):
    return assess_scores(
        label=rows.label, score=rows.score, selected=rows.selected, question=question,
        groups={"sex": rows.sex, "ward": rows.ward}, weights=weights, **columns,
    )  # fmt: skip


def values(assessment):
    return {
        (name, row.group, metric): rate.interval.value
        for name, table in assessment.tables.items()
        for row in (*table.rows, table.everyone) for metric, rate in row.rates.items()
    }  # fmt: skip


def page_of(assessment):
    return render_html(make_document(assessment))


@pytest.mark.parametrize("alike", [1, 0.37])
def test_weights_that_are_all_alike_change_no_byte(sample, alike):
    plain, weighted = assessed(sample), assessed(sample, weights=[alike] * ROWS)

    assert render_json(weighted, make_document(weighted)) == render_json(
        plain, make_document(plain)
    )


def test_a_row_of_weight_2_counts_as_two_rows_in_every_rate(sample):
    twice = sample.weight > 1
    doubled = pd.concat([sample, sample[twice]], ignore_index=True)

    weighted, rows = assessed(sample, weights=np.where(twice, 2, 1)), assessed(doubled)

    assert values(weighted) == pytest.approx(values(rows))
    stated = [[p.stated for g in a.calibration["sex"] for p in g.points] for a in (weighted, rows)]
    assert stated[0] == pytest.approx(stated[1])


def test_intervals_are_wilsons_at_kishs_effective_size(sample):
    found = assessed(sample, weights=sample.weight).tables["sex"].rows[0].rates["base_rate"]

    mine = sample[sample.sex == "F"]
    effective = mine.weight.sum() ** 2 / (mine.weight**2).sum()
    expected = wilson(found.interval.value * effective, effective)
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    deviation = mine.weight.std(ddof=0) / mine.weight.mean()
    assert effective == pytest.approx(len(mine) / (1 + deviation**2))


def test_the_interval_covers_the_whole_population_as_often_as_it_says():
    random = np.random.default_rng(5)
    population = random.uniform(size=20_000) < 0.3
    chance = random.choice([0.01, 0.05], 20_000)
    held = 0
    for _ in range(400):
        drawn = random.uniform(size=20_000) < chance
        many, everyone = int(drawn.sum()), Grouping.together(int(drawn.sum()))
        y, row = population[drawn], np.arange(many)
        outcomes = Outcomes(
            y, y, np.ones(many, bool), row, np.zeros(many, np.int64), 1 / chance[drawn]
        )
        table = protect_table(everyone.names, outcomes.counts(everyone), POLICIES["none"], weighing=outcomes.weighing(everyone))  # fmt: skip
        known = table.everyone.weighted["known"]
        found = wilson(table.everyone.exact("positives"), known.total, known.design_effect)
        held += found.low <= population.mean() <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_fairlearn_agrees_on_every_weighted_rate(sample):
    measured = {
        "recall": fairlearn.true_positive_rate, "false_negative_rate": fairlearn.false_negative_rate,
        "false_positive_rate": fairlearn.false_positive_rate, "selection_rate": fairlearn.selection_rate,
    }  # fmt: skip
    theirs = fairlearn.MetricFrame(
        metrics=measured, y_true=sample.label, y_pred=sample.selected, sensitive_features=sample.ward,
        sample_params={name: {"sample_weight": sample.weight} for name in measured},
    )  # fmt: skip

    rows = assessed(sample, weights=sample.weight).tables["ward"].rows

    ours = {r.group: {m: r.rates[m].interval.value for m in measured} for r in rows}
    for group, expected in theirs.by_group.iterrows():
        assert ours[group] == pytest.approx(dict(expected))


def test_every_section_counts_the_same_weighted_rows(sample):
    days = np.where(np.arange(ROWS) < ROWS / 2, "2024-04-01", "2025-04-01")
    found = assessed(sample, weights=sample.weight, day=days)

    everyone = found.tables["sex"].everyone.rates["precision"]
    over_all = found.performance.over_all.candidates[found.candidate].rates["precision"]
    assert astuple(over_all.interval) == pytest.approx(astuple(everyone.interval))
    by_date = [split.base_rate.interval.value for split in found.performance.splits]
    told = [
        at.rates["base_rate"].interval.value for at in found.further.dates["sex"].everyone.dates
    ]
    assert told == pytest.approx(by_date)


def test_pairs_of_groups_are_weighted_too(sample):
    pairs = assessed(sample, weights=sample.weight).pairs[0].comparisons

    pair = next(p for p in pairs if (p.within, p.group) == ("F", "North"))
    rows = sample[(sample.sex == "F") & (sample.ward == "North") & (sample.label == 1)]
    assert pair.rate.interval.value == pytest.approx(np.average(rows.selected, weights=rows.weight))
    assert pair.rate.people == len(rows)


def test_what_base_rates_alone_would_give_is_weighted(sample):
    twice = sample.weight > 1
    needy = np.where(sample.score**2 > np.linspace(0, 1, ROWS), "A", "B")
    rows = sample.assign(ward=needy)
    doubled = pd.concat([rows, rows[twice]], ignore_index=True)

    found = assessed(rows, weights=np.where(twice, 2, 1)), assessed(doubled)

    expected = [
        [c.expected_ratio.value for r in a.tables["ward"].rows for c in r.comparisons.values() if c.expected_ratio]
        for a in found
    ]  # fmt: skip
    assert len(expected[0]) > 0
    assert expected[0] == pytest.approx(expected[1])


def test_questions_about_records_are_weighted_too(sample):
    twice = sample.weight > 1
    rows = sample.assign(seen=(sample.index % 7 > 1).astype(int), found=1 - sample.label)
    rows["found"] = rows.found.mask(rows.index % 5 > 0, rows.label)
    doubled = pd.concat([rows, rows[twice]], ignore_index=True)

    ratios = [
        {(o.question, o.group): o.ratio.value for o in assessed(r, weights=w, observed=r.seen, checked=r.found).discrepancies}
        for r, w in ((rows, np.where(twice, 2, 1)), (doubled, None))
    ]  # fmt: skip

    assert len({question for question, _ in ratios[0]}) == 4
    assert ratios[0] == pytest.approx(ratios[1])


def test_repeated_entities_and_weights_widen_intervals_by_both_design_effects(sample):
    again = pd.concat([sample, sample], ignore_index=True)
    dates = {"entity": [*sample.index] * 2, "day": ["2024-04-01"] * ROWS + ["2025-04-01"] * ROWS}

    plain, weighted = (
        assessed(again, weights=w, **dates).tables["sex"].everyone for w in (None, again.weight)
    )

    of_weights = weighted.counts.weighted["known"].design_effect
    both = plain.rates["base_rate"].design_effect * of_weights
    assert plain.rates["base_rate"].design_effect == pytest.approx(2, abs=0.01)
    assert weighted.rates["base_rate"].design_effect == pytest.approx(both)


def test_weights_are_scaled_to_1_on_average_at_each_date(sample):
    days = np.where(np.arange(ROWS) < 100, "2024-04-01", "2025-04-01")
    one, other = (
        assessed(
            sample, weights=sample.weight * np.where(np.arange(ROWS) < 100, times, 1), day=days
        )
        for times in (1, 1000)
    )

    assert [split.cohort["n"] for split in one.performance.splits] == [100, ROWS - 100]
    assert values(one) == pytest.approx(values(other))


def test_too_few_people_stay_too_few_however_much_they_weigh(sample):
    few = sample[sample.sex == "M"].index[:8]
    rows = sample[(sample.sex == "F") | sample.index.isin(few)]
    found = assessed(rows, weights=np.where(rows.sex == "M", 500, rows.weight)).tables["sex"]

    men = next(row for row in found.rows if row.group == "M")
    assert men.counts["n"] > 100
    assert men.rates["base_rate"].people == 8
    assert {each.verdict.value for each in men.comparisons.values()} <= {"cannot tell", "reference"}


def test_the_report_says_that_counts_are_weighted_and_what_they_are_worth(sample):
    page = page_of(assessed(sample, weights=sample.weight))

    effective = sample.weight.sum() ** 2 / (sample.weight**2).sum()
    assert f"There are 600 rows. Unequal weights make them worth {effective:,.0f} rows" in page
    assert page.count("Counts are of weighted rows, rounded.") >= 4
    assert "Not available: the rows are a weighted sample" in page
    assert "Weighted rows" not in page_of(assessed(sample))


def test_the_json_holds_weights_beside_whole_counts(sample):
    found = assessed(sample, weights=sample.weight)
    said = json.loads(render_json(found, make_document(found)))

    counts = said["groups"]["sex"]["rows"][0]["counts"]
    assert all(isinstance(count, int) for count in counts["sums"].values())
    assert counts["weighted"]["n"]["people"] == int((sample.sex == "F").sum())


@pytest.mark.parametrize("policy", ["dfe", "tre_10", "round5"])
def test_weights_are_refused_where_counts_are_protected(sample, policy):
    asked = replace(PUBLIC, disclosure=policy)

    with pytest.raises(DataError, match="is not made of the counts it protects"):
        assessed(sample, weights=sample.weight, question=asked)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([None, None, 3], "2 rows have none, or it is no number"),
        (["secret", 2, 3], "1 rows have none, or it is no number"),
        ([-77.5, 2, 3], "1 rows have one below 0"),
        ([float("inf"), 2, 3], "1 rows have one without end"),
        ([0] * ROWS, "are 0 in all 600 rows"),
    ],
)
def test_a_weight_that_cannot_be_used_is_counted_and_not_shown(sample, wrong, told):
    weights = [*wrong, *[1.5] * (ROWS - len(wrong))]

    with pytest.raises(DataError, match=told) as refused:
        assessed(sample, weights=weights)

    assert "secret" not in str(refused.value)
    assert "77" not in str(refused.value)


def test_a_capacity_is_refused_beside_weights(sample):
    asked = replace(PUBLIC, capacity=Capacity(share="10%"))

    with pytest.raises(DataError, match="how far the whole list reaches"):
        assess_scores(
            label=sample.label, score=sample.score, groups={"sex": sample.sex}, question=asked,
            weights=sample.weight,
        )  # fmt: skip


def test_weights_are_refused_beside_figures_measured_without_them(compas_evidence):
    evidence = compas_evidence("none")
    scored = evidence.scored.assign(weight=np.arange(1, len(evidence.scored) + 1))

    with pytest.raises(DataError, match="made without weights"):
        assess(replace(evidence, scored=scored))


def test_protected_counts_cannot_be_made_of_weights():
    people = np.array([[9, 9, 0, 9, 9, 0]])
    rows = np.arange(36)
    outcomes = Outcomes(rows < 18, rows % 2 == 0, rows >= 0, rows, rows * 0, rows + 1.0)

    with pytest.raises(ValueError, match="not those that disclosure control protects"):
        protect_table(
            ["a"], people, POLICIES["dfe"], weighing=outcomes.weighing(Grouping.together(36))
        )


def test_outcomes_found_another_way_are_read_from_their_column(sample):
    checked = sample.label.astype("Int64").mask(sample.index % 2 == 0)
    wronged = checked.mask((sample.sex == "F") & (checked == 0), 1)

    found = assessed(sample, checked=wronged)

    assert found.is_checked
    assert "Label bias, sex" in page_of(found)
