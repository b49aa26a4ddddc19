"""Synthetic councils with a planted bias: found, and named on the first page; and councils without."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from features.synthetic.block import make_block
from features.synthetic.early_years import funded_hours
from features.synthetic.scenario import NO_DEFECTS, Bias, Scenario
from governance.assessment import assess
from governance.fairness.policy import Verdict
from governance.report.findings import findings
from governance.report.judged import judged, tally
from governance.report.records_found import records_found
from governance.report.render import make_document, render_json
from governance.report.unknowns import unknowns

NULL = Scenario(null=True, defects=NO_DEFECTS)


def of(bias):
    return Scenario(bias=bias, defects=NO_DEFECTS)


def raises_any_concern(assessment):
    pairs = (pair for table in assessment.pairs for pair in table.comparisons)
    return (
        bool(tally(assessment)[Verdict.CONCERN] or records_found(assessment))
        or any(pair.comparison.verdict is Verdict.CONCERN for pair in pairs)
    )  # fmt: skip


def test_label_bias_is_found_and_named_where_some_outcomes_were_checked(planted):
    assessment = assess(planted(of(Bias.MEASUREMENT), learned=True, checked=0.2))

    said = " ".join(findings(assessment))
    assert "Label bias, ethnic group: where the outcome was checked another way and had not" in said
    assert "in the group Asian, and for 0 of every 100 in White British" in said
    kept = json.loads(render_json(assessment, make_document(assessment)))["discrepancies"]
    assert "recorded of those checked without the outcome" in {one["question"] for one in kept}


def test_label_bias_shows_without_a_check_as_what_scores_cannot_tell(planted):
    assessment = assess(planted(of(Bias.MEASUREMENT), learned=True))

    said = " ".join(findings(assessment))
    assert "recorded more often for the group Asian than for White British" in said
    assert "Only outcomes found another way could tell which" in said
    assert "Label bias" not in said
    assert "No outcomes found another way are held" in " ".join(unknowns(assessment))


def test_a_group_whose_outcomes_are_recorded_unlike_is_not_excused_by_its_base_rate(planted):
    assessment = assess(planted(of(Bias.MEASUREMENT), learned=True, checked=0.2))

    asian = next(one for one in judged(assessment) if one.row.group == "Asian")
    assert asian.comparison.verdict is Verdict.CONCERN


def test_a_group_missing_from_the_records_is_found_beside_the_population(planted):
    assessment = assess(planted(of(Bias.SAMPLING), knows_population=True))

    said = " ".join(findings(assessment))
    assert "Missing from the records, ethnic group: the group Asian is 8 in 100" in said
    assert "and 15 in 100 of the population" in said


def test_a_group_that_is_looked_at_less_is_found_given_its_place_on_the_list(planted):
    assessment = assess(planted(NULL, looked_at=0.5))

    said = " ".join(findings(assessment))
    assert "Looked at less, ethnic group: somebody looked at" in said
    assert "0.54 times as often" in said


def test_on_a_calibrated_council_unequal_base_rates_read_consistent_with_them(planted):
    assessment = assess(planted(of(None), households=40_000))

    meals = [one for one in judged(assessment) if one.table.attribute == "free_school_meals"]
    assert [one.comparison.verdict for one in meals] == [Verdict.CONSISTENT]
    assert not tally(assessment)[Verdict.CONCERN]
    assert not records_found(assessment)
    first = make_document(assessment).sections[0].blocks[0]
    assert first.text == "Success bar met; groups differ as their base rates do"


def test_the_gap_that_base_rates_give_stands_on_the_first_page_in_figures(planted):
    said = " ".join(findings(assess(planted(of(None), households=40_000))))

    assert "Differs, consistent with base rates, free school meals: of every 100" in said
    assert "a score that states everybody's risk rightly would give a ratio of about 2.5" in said


def proxies_of(scenario):
    """AUC with which a child's setting, and how long it went there, tell the planted group, as the analysis says it."""
    block = make_block(1, 0, 10_000, scenario)
    hours = pd.DataFrame(funded_hours(block)).drop_duplicates("person", keep="last")
    in_group = block.in_group[hours["person"]]
    seen = {
        "early_setting": pd.get_dummies(hours["setting"]),
        "hours": hours[["hours", "entitlement"]],
    }
    carriers = []
    for name, table in seen.items():
        told = cross_val_predict(
            LogisticRegression(), table, in_group, cv=3, method="predict_proba"
        )
        value = roc_auc_score(in_group, told[:, 1])
        spread = 2 * np.sqrt(value * (1 - value) / in_group.sum())  # more than Hanley and McNeil's
        auc = {"value": value, "low": value - spread, "high": value + spread}
        carriers.append({"attribute": "ethnic_group", "reason_group": name, "auc_alone": auc})
    return {"proxies": {"carriers": carriers}}


def test_a_planted_proxy_is_named_and_nothing_else_is(planted):
    evidence = planted(of(Bias.PROXY))

    said = " ".join(findings(assess(replace(evidence, analyses=proxies_of(of(Bias.PROXY))))))
    assert "Proxy, ethnic group: of two cases in different groups" in said
    assert "“early_setting” (9" in said
    assert "“hours”" not in said


def test_without_the_planted_proxy_none_is_named(planted):
    evidence = replace(planted(of(None)), analyses=proxies_of(of(None)))

    assert "Proxy" not in " ".join(findings(assess(evidence)))


@pytest.mark.parametrize("seed", range(6))
def test_a_null_council_raises_no_concern(planted, seed):
    assessment = assess(planted(NULL, seed=seed, checked=0.2, knows_population=True))

    assert not raises_any_concern(assessment)


@pytest.mark.deep
@pytest.mark.parametrize(("learned", "households"), [(False, 40_000), (True, 20_000)])
def test_of_a_hundred_null_councils_at_least_95_raise_no_concern(planted, learned, households):
    raised = [
        seed
        for seed in range(100)
        if raises_any_concern(
            assess(planted(NULL, seed=seed, households=households, learned=learned, checked=0.2, knows_population=True))
        )
    ]  # fmt: skip

    assert len(raised) <= 5, raised
