"""What visits do is told by those whom a lot held back, however the visited were chosen."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from training.analyses.held_back import held_back, rule_of
from training.experiment import run_experiment
from training.figures.metrics import Outcomes

HALF = {
    "capacity": {"count": 120},
    "intervention": "assistive",
    "hold_back": {"share": "50%", "since": "2019-01-01"},
    "label.visited": {"source": "complaints"},
}


@pytest.fixture
def finding(define, make_examples, label_years):
    def of(*, averts=0.0, **changes):
        definition, made = define({**HALF, **changes}), make_examples(homes=300, seen=1.0)
        rule, random = rule_of(definition), np.random.default_rng(1)
        held = np.zeros(len(made), dtype=bool)
        for day in made.dates() if rule else ():
            rows = made.as_of == np.datetime64(day)
            held[rows] = rule.drawn(made.entities[rows].tolist(), day)
        averted = ~held & (random.random(len(made)) < averts)
        outcomes = Outcomes(made.positive & ~averted, made.outcomes.observed)
        examples = replace(made, visited=~held, outcomes=outcomes)
        experiment = run_experiment(definition, examples, label_years()[:3])
        return held_back(
            SimpleNamespace(definition=definition, examples=examples, experiment=experiment)
        )

    return of


def test_visits_that_avert_the_outcome_show_in_those_not_held_back(finding):
    found = finding(averts=0.9)

    assert found.figures["others_less_held_back"]["high"] < 0
    assert found.figures["held_back"]["visited"] == 0
    assert any("100% of the others were visited, and 0%" in said for said in found.sentences)


def test_visits_that_do_nothing_leave_the_two_alike(finding):
    apart = finding().figures["others_less_held_back"]

    assert apart["low"] < 0 < apart["high"]


def test_where_a_visit_may_decide_what_is_seen_it_is_said(finding):
    assert any("does not decide whose outcome is seen" in said for said in finding().sentences)


def test_few_who_were_held_back_tell_nothing(finding):
    found = finding(hold_back={"share": "2%", "since": "2019-01-01"})

    assert found.sentences[0].endswith("too few to tell what visits do.")


def test_before_anybody_was_held_back_nothing_is_said(finding):
    assert finding(hold_back={"share": "50%", "since": str(date(2040, 1, 1))}) is None
