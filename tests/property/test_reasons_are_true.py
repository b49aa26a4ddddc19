"""Law: no reason states a comparison that its value does not satisfy."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.risk_model import FeatureSpec
from hearth.risk_model.cohort import distribution_of
from serving.scores.comparison import compare_category, compare_number, standing
from serving.scores.reasons import explain

COHORT_VALUES = st.one_of(
    st.integers(-3, 12).map(float),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.just(0.0),
    st.just(float("nan")),
)
COHORTS = st.lists(COHORT_VALUES, min_size=1, max_size=600)
VALUES = st.one_of(st.integers(-4, 13).map(float), st.floats(-2e6, 2e6, allow_nan=False))
FEATURES = st.sampled_from(
    [
        FeatureSpec("noise_count_12m", "noise", "noise", "number"),
        FeatureSpec("noise_days_since_last", "noise", "noise", "number"),
        FeatureSpec("noise_sum_hours_12m", "noise", "noise", "number"),
        FeatureSpec("noise_mean_decibels_12m", "noise", "noise", "number", (), "dB"),
    ]
)
LARGER = r"(?:more than|longer ago than|higher than)"
SMALLER = r"(?:fewer than|less than|more recent than|lower than)"


def claims_of(text):
    """(which side, least share) pairs that a clause claims."""
    found = [
        (side, float(number))
        for side, words in (("below", LARGER), ("above", SMALLER), ("same", "the same as"))
        for number in re.findall(rf"{words} (\d+)\b", text)
    ]
    found += [("below", 100.0)] * bool(re.search(rf"{LARGER} all ", text))
    found += [("above", 100.0)] * bool(re.search(rf"{SMALLER} all ", text))
    return found


def truth(value, cohort):
    known = cohort[~np.isnan(cohort)]
    return {
        "below": 100 * np.mean(known < value),
        "same": 100 * np.mean(known == value),
        "above": 100 * np.mean(known > value),
    }


@given(COHORTS, VALUES, FEATURES)
def test_what_is_said_of_a_number_is_true_of_it(cohort, value, feature):
    cohort = np.array(cohort)
    text = compare_number(value, feature, distribution_of(cohort), "homes")
    if np.isnan(cohort).all():
        assert text == "with no homes to compare it with"
        return
    true = truth(value, cohort)
    claims = claims_of(text)
    assert claims, text
    assert [(side, least) for side, least in claims if true[side] < least - 1e-6] == []


@given(st.integers(300, 2_000), st.integers(0, 2**31), VALUES)
def test_it_stays_true_where_the_cohort_has_more_values_than_a_bundle_keeps(rows, seed, value):
    cohort = np.round(np.random.default_rng(seed).normal(0, 5, rows), 2)
    place, true = standing(value, distribution_of(cohort)), truth(value, cohort)
    assert place.below <= true["below"] + 1e-6
    assert place.same <= true["same"] + 1e-6
    assert place.above <= true["above"] + 1e-6


@given(COHORTS, st.integers(0, 599), FEATURES)
def test_a_value_of_the_cohort_itself_is_placed_truly(cohort, index, feature):
    cohort = np.array(cohort)
    value = float(cohort[index % len(cohort)])
    if np.isnan(value):
        return
    true = truth(value, cohort)
    text = compare_number(value, feature, distribution_of(cohort), "homes")
    assert all(true[side] >= least - 1e-6 for side, least in claims_of(text)), text


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=400), st.sampled_from("abcde"))
def test_what_is_said_of_a_category_is_true_of_it(cohort, value):
    shares = {name: cohort.count(name) / len(cohort) for name in "abcde"}
    text = compare_category(value, shares, "homes")
    if value not in cohort:
        assert text.startswith("unlike all homes ")
    elif "fewer than 1 " in text:
        assert 100 * shares[value] < 1
    else:
        assert int(re.search(r"(\d+) of 100", text)[1]) <= 100 * shares[value] + 1e-6


@pytest.fixture(scope="module")
def models(request):
    make = request.getfixturevalue("session_model_maker")
    return {kind: make(kind=kind, rows=400) for kind in ("lightgbm", "logistic", "rule")}


NUMBERS = st.one_of(st.none(), st.integers(0, 600).map(float), st.floats(-1e4, 1e4))
RECORDS = st.fixed_dictionaries(
    {
        "early_education_sum_hours_12m": NUMBERS,
        "attendance_share_unauthorised_12m": st.one_of(st.none(), st.floats(0, 1)),
        "arrears_count_12m": NUMBERS,
        "arrears_days_since_last": NUMBERS,
        "moves_count_24m": NUMBERS,
        "contacts_count_24m": NUMBERS,
        "tenure_tenure": st.sampled_from([None, "owned", "private_rented", "social_rented"]),
    }
)


@given(RECORDS, st.sampled_from(["lightgbm", "logistic", "rule"]))
def test_reasons_and_base_value_add_up_to_the_raw_score(models, record, kind):
    model = models[kind]
    row = model.encode(record)
    explanation = explain(model, record, model.contributions(row)[0])
    total = explanation.base_value + sum(one.contribution for one in explanation.reasons)
    assert total == pytest.approx(model.raw_score(row)[0], abs=1e-9)


@given(RECORDS)
def test_every_reason_states_the_value_it_was_given_or_that_there_is_none(models, record):
    model = models["lightgbm"]
    explanation = explain(model, record, model.contributions(model.encode(record))[0])
    arrears = next(one for one in explanation.reasons if one.code == "arrears")
    stated = re.match(r"(-?[\d,.e-]+) reminders", arrears.text)
    if record["arrears_count_12m"] is None:
        assert arrears.is_missing
        assert arrears.text == "Council tax arrears: not recorded"
    else:
        assert float(stated[1].replace(",", "")) == pytest.approx(
            record["arrears_count_12m"], rel=0.05, abs=0.006
        )
