"""One row at a time gives the figures that the arrays give."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.errors import UnusableInputError
from hearth.risk_model import Calibration, FeatureSpec, Uncertainty
from hearth.risk_model.encoding import RecordEncoder, encode_record
from hearth.risk_model.one_score import OneScore

SHARES = st.floats(0, 1)
SCORES = st.floats(-40, 40)
FEATURES = (
    FeatureSpec("hours", "hours", "hours", "number"),
    FeatureSpec("moves", "moves", "moves", "number"),
    FeatureSpec("tenure", "tenure", "properties", "category", ("owned", "rented")),
)
NUMBERS = st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text(max_size=3))
TEXTS = st.one_of(st.sampled_from(["owned", "rented"]), st.none(), st.floats(), st.just("castle"))


@st.composite
def tables(draw):
    """Knots that rise, with a low and a high end that never fall, and a probability."""
    xs = sorted(draw(st.lists(SCORES, min_size=2, max_size=9, unique=True)))
    low, middle, high = (
        sorted(draw(st.lists(SHARES, min_size=len(xs), max_size=len(xs)))) for _ in range(3)
    )
    calibration = draw(
        st.sampled_from(
            [
                Calibration("isotonic", tuple(zip(xs, middle, strict=True))),
                Calibration("platt", slope=draw(st.floats(0, 50)), intercept=draw(SCORES)),
            ]
        )
    )
    return calibration, Uncertainty(0.9, "made up", tuple(xs), tuple(low), tuple(high))


@given(tables(), st.data())
def test_one_score_says_what_the_arrays_say(made, data):
    calibration, table = made
    raw = data.draw(st.one_of(SCORES, st.sampled_from(table.scores)))
    one, scores = OneScore(calibration, table), np.array([raw])
    probability = calibration.probability(scores)
    ends = [float(end[0]) for end in table.interval(scores, probability)]
    assert one.probability(raw) == pytest.approx(probability[0], rel=1e-14, abs=1e-300)
    assert one.interval(raw) == pytest.approx(ends, rel=1e-14, abs=1e-300)


@given(
    st.fixed_dictionaries(
        {}, optional={"hours": NUMBERS, "moves": NUMBERS, "tenure": TEXTS, "age": NUMBERS}
    )
)
def test_a_record_is_encoded_or_refused_as_by_the_slow_way(values):
    def outcome(encode):
        try:
            return encode().tolist()
        except UnusableInputError as error:
            return error.faults

    slow = outcome(lambda: encode_record(FEATURES, values))
    quick = outcome(lambda: RecordEncoder(FEATURES).encode(values))
    assert str(quick) == str(slow)


@pytest.mark.parametrize("hours", [math.nan, math.inf, 1e308])
def test_only_what_is_finite_is_encoded(hours):
    values = {"hours": hours, "moves": hours, "tenure": None}
    if math.isfinite(hours):
        assert RecordEncoder(FEATURES).encode(values)[0, :2].tolist() == [hours, hours]
        return
    with pytest.raises(UnusableInputError) as error:
        RecordEncoder(FEATURES).encode(values)
    assert [fault.place for fault in error.value.faults] == ["hours", "moves"]
