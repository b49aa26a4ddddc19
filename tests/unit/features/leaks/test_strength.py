import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from features.leaks.strength import Strength, strengths, too_good
from hearth.feature import Feature


def feature(name, kind="number"):
    return Feature(name, name, "s", kind, (), None, None, name, None, None)


def measured(values, labels, kind="number"):
    column = pa.chunked_array([pa.array(values)])
    return strengths(
        lambda _: column, pa.table({"label": pa.array(labels)}), [feature("value", kind)]
    )


def test_the_strength_of_a_number_is_its_auc_whichever_way_it_points():
    random = np.random.default_rng(2)
    value, label = random.integers(0, 9, 200) * 1.0, random.random(200) < 0.4
    expected = roc_auc_score(label, value)
    for signed in (value, -value):
        (one,) = measured(signed, label)
        assert one.auc == pytest.approx(max(expected, 1 - expected), abs=1e-12)


def test_words_are_ranked_by_how_often_the_outcome_follows_them():
    label = [True] * 40 + [False] * 40
    (one,) = measured(["a", "b"] * 20 + ["c"] * 40, label, "category")
    assert one.auc == 1


def test_rows_without_a_label_do_not_count():
    label = [True, False] * 40 + [None] * 20
    (one,) = measured([1.0, 0.0] * 40 + [0.0] * 20, label)
    assert (one.auc, one.rows) == (1, 80)


def test_a_handful_of_outcomes_is_not_measured():
    assert measured([1.0] * 5 + [0.0] * 95, [True] * 5 + [False] * 95) == []


@pytest.mark.parametrize(
    ("auc", "other", "found"), [(0.96, 0.9, 1), (0.9, 0.6, 1), (0.9, 0.8, 0), (0.84, 0.5, 0)]
)
def test_a_feature_is_too_good_alone_or_far_ahead_of_all_others(auc, other, found):
    best = Strength("a", "a", "value", auc, auc - 0.02, 500)
    beside = Strength("b", "b", "value", other, other - 0.02, 500)
    assert len(list(too_good("m", [best, beside]))) == found


def test_two_leaks_do_not_hide_each_other():
    leaks = [Strength(name, name, "value", 0.92, 0.9, 500) for name in ("a", "b")]
    honest = Strength("c", "c", "value", 0.7, 0.68, 500)
    assert len(list(too_good("m", [*leaks, honest]))) == 2
