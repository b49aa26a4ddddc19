"""Outcomes after help are told apart from the others."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from training.analyses.treated_outcomes import treated_outcomes
from training.experiment import run_experiment
from training.figures.metrics import Outcomes

WIDE = {"capacity": {"count": 120}}


@pytest.fixture
def finding(define, make_examples, label_years):
    def of(*, helps):
        made = make_examples(homes=300, seen=1.0)
        visited = np.random.default_rng(1).random(len(made)) < 0.5
        positive = made.positive & ~(visited & helps)
        examples = replace(
            made, visited=visited, outcomes=Outcomes(positive, made.outcomes.observed)
        )
        experiment = run_experiment(define(WIDE), examples, label_years()[:3])
        return treated_outcomes(
            SimpleNamespace(definition=define(WIDE), examples=examples, experiment=experiment)
        )

    return of


def test_help_that_works_lowers_precision_among_the_visited_alone(finding):
    found = finding(helps=True)
    lists = found.figures["all"]

    assert lists["visited"]["precision"]["value"] == 0
    assert lists["unvisited"]["precision"]["low"] > 0.1
    assert lists["visited"]["rows"] + lists["unvisited"]["rows"] == lists["on_list"]
    assert any("do not read that as drift" in said for said in found.sentences)


def test_where_visits_change_nothing_the_two_are_alike(finding):
    lists = finding(helps=False).figures["all"]
    visited, others = (lists[part]["precision"] for part in ("visited", "unvisited"))

    assert visited["low"] <= others["high"]
    assert others["low"] <= visited["high"]


def test_where_no_visits_are_named_nothing_is_said(define, make_examples, label_years):
    examples = make_examples()
    experiment = SimpleNamespace(splits=())
    training = SimpleNamespace(definition=define(WIDE), examples=examples, experiment=experiment)
    assert treated_outcomes(training) is None
