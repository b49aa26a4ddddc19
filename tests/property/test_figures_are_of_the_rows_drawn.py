"""Each figure of a replicate is the plain figure of the rows drawn, each written out as often."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.figures import calibration_figures, metrics
from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes
from training.figures.schedule import days_earlier

LEVELS = [0.05, 0.2, 0.25, 0.5, 0.75, 0.95]  # few, so that many are level
DAYS = np.datetime64("2024-01-01") + np.arange(40) % 7

rows = st.lists(
    st.tuples(st.sampled_from("+-?"), st.sampled_from(LEVELS), st.tuples(*[st.integers(0, 3)] * 3)),
    min_size=1,
    max_size=40,
)
FIGURES = {
    "precision": lambda s, o: metrics.precision_at(np.argsort(-s, kind="stable"), o, 0.3),
    "recall": lambda s, o: metrics.recall_at(np.argsort(-s, kind="stable"), o, 0.3),
    "observed": lambda s, o: metrics.observed_at(np.argsort(-s, kind="stable"), o, 0.3),
    "auc": metrics.auc,
    "average precision": metrics.average_precision,
    "brier": metrics.brier,
    "predicted over actual": metrics.predicted_over_actual,
    "in the large": calibration_figures.in_the_large,
    "days earlier": lambda s, o: days_earlier(s, np.resize(DAYS, len(s)), o),
}


def unpack(drawn):
    marks = np.array([mark for mark, _, _ in drawn])
    scores = np.array([score for _, score, _ in drawn])
    weights = np.array([weight for _, _, weight in drawn], dtype=np.uint8)
    return Outcomes(marks == "+", marks != "?"), scores, weights


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "days earlier"])
@given(drawn=rows)
def test_a_replicate_is_the_figure_of_the_rows_it_drew(name, drawn):
    outcomes, scores, weights = unpack(drawn)

    found = FIGURES[name](scores, outcomes)(weights)

    for replicate, value in enumerate(found):
        places = np.repeat(np.arange(len(scores)), weights[:, replicate])
        plain = FIGURES[name](scores[places], outcomes.at(places))(each_once(len(places)))[0]
        assert value == pytest.approx(plain, nan_ok=True, abs=1e-12)


@pytest.mark.parametrize("name", FIGURES)
@given(drawn=rows)
def test_replicates_judged_together_are_those_judged_alone(name, drawn):
    outcomes, scores, weights = unpack(drawn)
    figure = FIGURES[name](scores, outcomes)

    alone = [figure(weights[:, [place]].copy())[0] for place in range(weights.shape[1])]

    np.testing.assert_array_equal(figure(weights), alone)


@given(drawn=rows)
def test_the_error_by_bin_is_of_the_rows_drawn_in_the_bins_of_all(drawn):
    outcomes, scores, weights = unpack(drawn)
    seen = outcomes.observed
    bins = calibration_figures.bins_of_equal_mass(scores[seen])
    excess = (scores[seen] - outcomes.positive[seen])[:, None] * weights[seen]
    apart = np.array([np.abs(excess[bins == b].sum(axis=0)) for b in range(10)]).sum(axis=0)
    many = weights[seen].sum(axis=0)

    found = calibration_figures.expected_error(scores, outcomes)(weights)

    np.testing.assert_allclose(found[many > 0], (apart / np.maximum(many, 1))[many > 0], atol=1e-12)
    assert np.isnan(found[many == 0]).all()
