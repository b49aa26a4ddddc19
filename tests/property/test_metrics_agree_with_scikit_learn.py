import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.figures import metrics
from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes

rows = st.lists(
    st.tuples(
        st.sampled_from("+-?"),
        st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]),  # few values, many ties
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=40,
)


def unpack(drawn):
    marks = np.array([mark for mark, _, _ in drawn])
    scores = np.array([score for _, score, _ in drawn])
    weights = np.array([weight for _, _, weight in drawn], dtype=np.uint8)
    outcomes = Outcomes(marks == "+", marks != "?")
    assume((weights[outcomes.positive] > 0).any() and (weights[outcomes.negative] > 0).any())
    return outcomes, scores, weights


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (metrics.auc, roc_auc_score),
        (metrics.average_precision, average_precision_score),
        (metrics.brier, brier_score_loss),
    ],
)
@given(drawn=rows)
def test_our_figure_is_scikit_learns_on_the_rows_looked_at(ours, theirs, drawn):
    outcomes, scores, weights = unpack(drawn)
    seen = outcomes.observed

    ours_now = ours(scores, outcomes)(weights[:, None])[0]

    theirs_now = theirs(outcomes.positive[seen], scores[seen], sample_weight=weights[seen])
    assert ours_now == pytest.approx(theirs_now, abs=1e-12)


@given(drawn=rows)
def test_rows_nobody_looked_at_are_never_counted_as_negative(drawn):
    outcomes, scores, weights = unpack(drawn)
    seen = np.flatnonzero(outcomes.observed)

    for figure in (metrics.auc, metrics.average_precision, metrics.brier):
        with_unseen = figure(scores, outcomes)(weights[:, None])[0]
        without = figure(scores[seen], outcomes.at(seen))(weights[seen, None])[0]
        assert with_unseen == pytest.approx(without, abs=1e-12)


@given(drawn=rows, data=st.data())
def test_precision_on_a_list_is_of_those_on_it_who_were_looked_at(drawn, data):
    outcomes, scores, _ = unpack(drawn)
    order = np.argsort(-scores, kind="stable")
    length = data.draw(st.integers(1, len(order)))
    listed = outcomes.at(order[:length])
    assume(listed.observed.any())

    precision = metrics.precision_at(order, outcomes, length / len(order))(each_once(len(order)))

    assert precision[0] == pytest.approx(listed.positive.sum() / listed.observed.sum())
