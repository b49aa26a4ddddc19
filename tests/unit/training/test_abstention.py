"""Whom a rule abstains on, and how the list does without them."""

from types import SimpleNamespace

import pytest

from training.analyses.abstention import abstention
from training.experiment import run_experiment


@pytest.fixture
def found(define, make_examples, label_years):
    def of(rule):
        definition = define(None if rule is None else {"abstain": rule})
        experiment = run_experiment(definition, make_examples(), label_years()[:4])
        return abstention(SimpleNamespace(definition=definition, experiment=experiment))

    return of


def test_a_definition_without_a_rule_finds_nothing(found):
    assert found(None) is None


def test_whoever_has_a_group_unrecorded_is_left_out(found):
    told = found({"fewer_recorded_than": 2})

    for each in told.figures["dates"]:
        assert each["share"] == pytest.approx(0.11, abs=0.08)
        assert each["without_them"]["value"] is not None
    assert "would have abstained on" in told.sentences[0]


def test_a_rule_nobody_meets_leaves_no_figures(found):
    dates = found({"fewer_recorded_than": 3}).figures["dates"]

    assert all(each["share"] == 1 and each["without_them"] is None for each in dates)


def test_wide_intervals_are_left_out_and_narrow_ones_are_not(found):
    wide, narrow = (
        sum(each["share"] for each in found({"wider_than": width}).figures["dates"])
        for width in (0.1, 0.9)
    )

    assert wide > narrow
