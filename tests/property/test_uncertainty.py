"""Laws of the interval around a probability, and how often it holds a planted truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hearth.risk_model import RiskModel, Uncertainty
from training.probabilities.calibration import calibrate
from training.probabilities.held_out import HeldOut
from training.probabilities.uncertainty import LEVEL, uncertainty

SCORES = arrays.arrays(
    np.float64, st.integers(2, 300), elements=st.one_of(st.floats(-8, 8), st.integers(0, 4))
)


def _held_out(raw, positive, *, dates=1):
    rows = len(raw)
    return HeldOut(
        raw, positive, "forward", np.ones(rows), np.arange(rows) % dates, np.arange(rows)
    )


@st.composite
def measured(draw):
    """Held-out rows of any shape, their calibration, and the table of their intervals."""
    raw = draw(SCORES)
    positive = draw(arrays.arrays(np.bool_, len(raw)))
    dates = draw(st.integers(1, 3))
    found = _held_out(raw, positive, dates=min(dates, len(raw)))
    calibration = calibrate(found, is_log_odds=draw(st.booleans()))
    return calibration, uncertainty(found, calibration)


@given(measured(), arrays.arrays(np.float64, 50, elements=st.floats(-20, 20)))
def test_an_interval_holds_the_probability_and_lies_between_nought_and_one(made, raw):
    calibration, table = made
    probability = calibration.probability(raw)

    low, high = table.interval(raw, probability)

    assert np.all((low >= 0) & (low <= probability) & (probability <= high) & (high <= 1))


@given(measured(), arrays.arrays(np.float64, 50, elements=st.floats(-20, 20)))
def test_neither_end_falls_as_the_score_rises(made, raw):
    calibration, table = made
    ordered = np.sort(raw)

    for end in table.interval(ordered, calibration.probability(ordered)):
        assert np.all(np.diff(end) >= 0)


@given(measured())
def test_the_table_is_small_and_gives_back_what_it_holds(made):
    calibration, table = made
    scores = np.array(table.scores)

    low, high = table.interval(scores, calibration.probability(scores))

    assert len(scores) <= 200
    assert Uncertainty.from_dict(table.to_dict()) == table
    np.testing.assert_array_less(np.abs(low - table.low), 1e-9)
    np.testing.assert_array_less(np.abs(high - table.high), 1e-9)


def _planted(random, rows):
    raw = random.normal(size=rows)
    truth = 1 / (1 + np.exp(-(0.9 * raw - 2)))
    return raw, truth, random.random(rows) < truth


@pytest.mark.parametrize("rows", [600, 6_000])
def test_intervals_hold_the_planted_truth_as_often_as_they_say(rows):
    random, held = np.random.default_rng(4), []
    for _ in range(80):
        raw, _, positive = _planted(random, rows)
        found = _held_out(raw, positive)
        calibration = calibrate(found, is_log_odds=True)
        judged, truth, _ = _planted(random, 200)
        low, high = uncertainty(found, calibration).interval(
            judged, calibration.probability(judged)
        )
        held.append(np.mean((low <= truth) & (truth <= high)))

    assert np.mean(held) > LEVEL - 0.02


def test_more_outcomes_narrow_the_interval():
    random, widths = np.random.default_rng(4), []
    for rows in (1_000, 20_000):
        raw, _, positive = _planted(random, rows)
        found = _held_out(raw, positive)
        table = uncertainty(found, calibrate(found, is_log_odds=True))
        widths.append(np.mean(np.array(table.high) - table.low))

    assert widths[1] < widths[0] / 2


def test_base_rates_that_moved_between_dates_widen_the_interval():
    random = np.random.default_rng(4)
    raw, truth, steady = _planted(random, 6_000)
    date = np.arange(6_000) % 3
    odds = truth / (1 - truth) * np.exp(np.array([-0.7, 0.0, 0.7]))[date]
    widths = []
    for positive in (steady, random.random(6_000) < odds / (1 + odds)):
        found = _held_out(raw, positive, dates=3)
        table = uncertainty(found, calibrate(found, is_log_odds=True))
        widths.append(np.mean(np.array(table.high) - table.low))

    assert widths[1] > 1.5 * widths[0]


def test_a_bundle_without_a_table_gives_no_interval(make_risk_model):
    model, rows = make_risk_model("logistic", seed=1)

    assert "uncertainty.json" not in model.files
    assert RiskModel.load(model.files).interval(model.raw_score(rows)) is None
