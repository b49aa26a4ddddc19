from dataclasses import replace

import numpy as np
import pytest

from hearth.risk_model import FeatureSpec
from serving.scores.reasons import explain, withhold_restricted

VALUES = {
    "early_education_sum_hours_12m": 120.0,
    "attendance_share_unauthorised_12m": None,
    "arrears_count_12m": 0.0,
    "arrears_days_since_last": None,
    "moves_count_24m": 2.0,
    "contacts_count_24m": 1.0,
    "tenure_tenure": "owned",
}
CONTRIBUTIONS = [-0.5, 0.01, 0.3, 0.2, 0.0, 0.6, -0.1, -1.2]


@pytest.fixture
def explanation(readiness_model):
    return explain(readiness_model, VALUES, CONTRIBUTIONS)


def reason(explanation, code):
    return next(one for one in explanation.reasons if one.code == code)


def test_contributions_are_summed_by_concept_and_none_is_lost(explanation):
    assert reason(explanation, "arrears").contribution == pytest.approx(0.5, abs=1e-12)
    total = sum(one.contribution for one in explanation.reasons) + explanation.base_value
    assert total == pytest.approx(sum(CONTRIBUTIONS), abs=1e-12)


def test_reasons_come_largest_first(explanation):
    sizes = [abs(one.contribution) for one in explanation.reasons]
    assert sizes == sorted(sizes, reverse=True)


def test_no_arrears_can_raise_a_score_and_the_text_still_says_none(explanation):
    arrears = reason(explanation, "arrears")
    assert arrears.direction == "raises"
    assert arrears.text.startswith("0 reminders in the last 12 months, the same as ")


def test_a_clause_whose_value_is_not_recorded_is_left_out(explanation):
    assert "ago" not in reason(explanation, "arrears").text


def test_a_share_is_shown_in_hundredths(readiness_model):
    values = VALUES | {"attendance_share_unauthorised_12m": 0.07}
    text = reason(explain(readiness_model, values, CONTRIBUTIONS), "attendance").text
    assert "missed without leave: 7%, " in text


def test_a_concept_without_its_value_is_a_reason_of_its_own(explanation):
    attendance = reason(explanation, "attendance")
    assert attendance.is_missing
    assert attendance.text == "No brother or sister at school here"
    assert explanation.missing == ("attendance",)


@pytest.mark.parametrize(
    ("code", "strength"), [("contacts", "strong"), ("tenure", "moderate"), ("attendance", "weak")]
)
def test_strength_is_by_the_change_in_odds(explanation, code, strength):
    assert reason(explanation, code).strength == strength


def test_a_concept_that_moves_nothing_neither_raises_nor_lowers(explanation):
    assert reason(explanation, "moves").direction == "neither"


def test_no_text_claims_a_cause(explanation):
    assert "because" not in " ".join(one.text for one in explanation.reasons).lower()


def test_a_restricted_source_is_summed_and_not_named(explanation):
    seen = withhold_restricted(explanation)
    veiled = reason(seen, "restricted")
    assert veiled.text == "Information from a restricted source"
    assert (veiled.source, veiled.features, seen.withheld.count) == ("", (), 1)
    assert "ocial care" not in str(seen)


def test_withholding_keeps_the_sum(explanation):
    seen = withhold_restricted(explanation)
    assert sum(one.contribution for one in seen.reasons) == pytest.approx(
        sum(one.contribution for one in explanation.reasons), abs=1e-12
    )


@pytest.fixture
def filled_model(readiness_model):
    flag = FeatureSpec(
        "attendance_share_unauthorised_12m_missing",
        "attendance",
        "school_absence",
        "number",
        flag_of="attendance_share_unauthorised_12m",
    )
    return replace(readiness_model, features=(*readiness_model.features, flag))


@pytest.mark.parametrize(
    ("flag", "text", "shown"),
    [
        (1.0, "No brother or sister at school here", "not recorded"),
        (0.0, "Share of school sessions missed without leave: 7%, ", "7%"),
    ],
)
def test_a_value_that_was_filled_in_is_never_told_as_recorded(filled_model, flag, text, shown):
    values = VALUES | {
        "attendance_share_unauthorised_12m": 0.07,
        filled_model.features[-1].name: flag,
    }
    found = reason(explain(filled_model, values, [*CONTRIBUTIONS[:-1], 0.0, -1.2]), "attendance")
    assert found.text.startswith(text)
    assert (found.is_missing, found.features[0].display) == (flag == 1, shown)


def test_a_rule_has_one_reason_and_its_own_scale(model_maker):
    rule = model_maker(kind="rule", rows=300)
    row = rule.encode(VALUES)
    found = explain(rule, VALUES, rule.contributions(row)[0])
    assert found.scale == "rule_value"
    assert [one.code for one in found.reasons if one.direction != "neither"] == ["arrears"]
    assert np.isclose(found.base_value, 0.6)


@pytest.fixture
def short_text_model(readiness_model):
    """The model with a text that states only one of the two features on arrears."""
    short = "{arrears_count_12m} reminders in the last 12 months, {comparison}"
    reasons = tuple(
        replace(words, text=short) if words.group == "arrears" else words
        for words in readiness_model.reasons
    )
    return replace(readiness_model, reasons=reasons)


def test_a_comparison_goes_with_the_value_it_is_of(readiness_model):
    text = "{arrears_count_12m} reminders; the last {arrears_days_since_last} ago; {comparison}"
    reasons = tuple(replace(words, text=text) for words in readiness_model.reasons)
    model = replace(readiness_model, reasons=reasons)
    said = reason(explain(model, VALUES, CONTRIBUTIONS), "arrears").text
    assert said == "0 reminders"
    known = VALUES | {"arrears_days_since_last": 40.0}
    said = reason(explain(model, known, CONTRIBUTIONS), "arrears").text
    assert said.startswith("0 reminders; the last 40 days ago; ")
    assert said.endswith("where this is recorded")


@pytest.mark.parametrize(
    ("of_count", "of_days", "ends"),
    [
        (0.3, 0.2, "of 100 households"),
        (0.1, -0.4, "where this is recorded"),
        (0.0, 0.0, "of 100 households"),
    ],
)
def test_the_feature_that_weighs_most_is_stated_even_where_the_text_leaves_it_out(
    short_text_model, of_count, of_days, ends
):
    values = VALUES | {"arrears_days_since_last": 40.0}
    added = [*CONTRIBUTIONS[:2], of_count, of_days, *CONTRIBUTIONS[4:]]
    text = reason(explain(short_text_model, values, added), "arrears").text
    assert ("; arrears days since last: 40 days, " in text) is (abs(of_days) > of_count)
    assert text.endswith(ends)


def test_it_says_so_where_what_weighs_most_is_not_recorded(short_text_model):
    added = [*CONTRIBUTIONS[:2], 0.1, -0.4, *CONTRIBUTIONS[4:]]
    text = reason(explain(short_text_model, VALUES, added), "arrears").text
    assert text.endswith("; arrears days since last: not recorded")
