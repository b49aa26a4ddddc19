"""What each source buys, where one of two tells everything."""

import numpy as np
import pytest

from training.analyses.ablation import ablation, nothing_to_leave_out, parts_of
from training.data.prepared import Prepared


@pytest.fixture
def prepared(define, make_examples, label_years):
    definition = define({"learner": {"parameters": {"num_iterations": 30}}})
    return Prepared(definition, None, make_examples(homes=250), label_years())


@pytest.fixture
def found(prepared):
    return ablation(prepared).figures


def _part(found, title):
    (part,) = [each for each in found["parts"] if each["part"] == title]
    return part


def test_a_source_that_tells_nothing_buys_nothing(found):
    useless = _part(found, "source home")

    change = useless["auc_change_without_it"]
    assert change["low"] <= 0 <= change["high"] or abs(change["value"]) < 0.02
    assert useless["loss_measurable_by"] == "none"


def test_a_source_that_tells_everything_is_missed(found):
    needed = _part(found, "source noise")
    alone = found["change_with_it_alone"]["source noise"]

    assert needed["auc_change_without_it"]["high"] < -0.1
    assert alone["auc"] == pytest.approx(0, abs=0.02)
    assert needed["loss_measurable_by"] == "precision, recall and AUC"


def test_sources_and_groups_are_parts_with_their_features(prepared):
    parts = {(p.kind, p.name): p.features for p in parts_of(prepared.examples)}

    assert parts["source", "home"] == parts["group", "home"] == {"home_floors", "home_tenure"}
    assert parts["group", "noise"] == {"noise_count_12m"}


def test_the_sentences_say_what_could_be_left_out(prepared):
    said = ablation(prepared).sentences

    assert any("Without home" in each and "could be left out" in each for each in said)
    assert not any("Without noise" in each and "could be left out" in each for each in said)


def test_one_group_alone_cannot_be_left_out(prepared, define, label_years):
    only = prepared.examples.select({"noise_count_12m"})

    alone = Prepared(define(), None, only, label_years())

    assert "has one feature group" in nothing_to_leave_out(alone)
    assert nothing_to_leave_out(prepared) is None


def test_selected_features_keep_their_columns(prepared):
    kept = prepared.examples.select({"home_tenure", "noise_count_12m"})

    assert [f.name for f in kept.features] == ["noise_count_12m", "home_tenure"]
    np.testing.assert_array_equal(kept.rows.table(), prepared.examples.rows.table()[:, [0, 2]])
