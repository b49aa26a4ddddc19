"""How much of the skill is who looked, where lenient and strict officers are made up."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from training.analyses.assessors import assessors, nobody_named
from training.data.prepared import Prepared
from training.figures.metrics import Outcomes

MATRIX = SimpleNamespace(manifest={"features": []})


@pytest.fixture
def audit(define, make_examples, label_years):
    def of(strictness, homes=200):
        examples = make_examples(homes=homes, seen=1.0)
        random = np.random.default_rng(1)
        strict = random.random(len(examples)) < 0.5
        chance = np.where(strict, 0.3 + strictness / 2, 0.3 - strictness / 2)
        outcomes = Outcomes(random.random(len(examples)) < chance, np.ones(len(examples), bool))
        said = np.where(strict, "strict", "lenient")
        examples = replace(examples, outcomes=outcomes, assessors={"officer": said})
        found = assessors(Prepared(define(), MATRIX, examples, label_years()))
        figures = {(s["learner"], s["metric"]): s for s in found.figures["figures"]}
        return figures, found.sentences

    return of


@pytest.mark.parametrize("learner", ["lightgbm", "logistic"])
def test_skill_that_is_who_looked_is_told_apart(audit, learner):
    figures, sentences = audit(0.5)
    told = figures[learner, "auc"]

    assert told["with_assessor"] > 0.68
    assert told["without"] < 0.6
    assert told["low"] > 0.1
    assert f"of AUC with {learner} (95 % interval +" in sentences[0]


def test_where_officers_agree_nothing_is_who_looked(audit):
    told = audit(0.0)[0]["logistic", "auc"]
    assert told["low"] < 0 < told["high"]


def test_where_nobody_is_named_there_is_nothing_to_audit(define, make_examples, label_years):
    said = nobody_named(Prepared(define(), MATRIX, make_examples(), label_years()))

    assert "no label.assessor and no assessor group is declared in models/" in said


def test_the_audit_says_that_what_it_fits_is_never_deployed(audit):
    assert "must not depend on it" in audit(0.5)[1][-1]
