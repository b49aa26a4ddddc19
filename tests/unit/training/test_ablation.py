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
    return {(part["kind"], part["name"]): part for part in ablation(prepared).figures["parts"]}


def test_a_source_that_tells_nothing_buys_nothing(found):
    useless = found["source", "home"]

    lost = useless["auc_lost_without"]
    assert lost["low"] <= 0 <= lost["high"] or abs(lost["value"]) < 0.02
    assert not useless["loss_is_measurable"]


def test_a_source_that_tells_everything_is_missed(found):
    needed = found["source", "noise"]

    assert needed["auc_lost_without"]["low"] > 0.1
    assert needed["auc_lost_with_it_alone"] == pytest.approx(0, abs=0.02)
    assert needed["loss_is_measurable"]


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
