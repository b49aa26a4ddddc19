"""Sections that `hearth analyse` feeds: what they say, and what they say where nobody ran it."""

from dataclasses import replace

import pytest

from governance.assessment import assess
from governance.report.render import make_document, render_html


@pytest.fixture(scope="module")
def assessment(council_evidence):
    return assess(council_evidence())


def section(assessment, number, **analyses):
    document = make_document(replace(assessment, analyses=analyses))
    render_html(document)
    return next(each for each in document.sections if each.number == number)


def words(section):
    return " ".join(
        str(part)
        for block in section.blocks
        for part in (getattr(block, "text", ""), *getattr(block, "items", ()))
    )


def spread(learner, kept=0.8):
    return {
        "learner": learner,
        "score_sd": 0.02,
        "list_sd": 0.05,
        "kept": kept,
        "least_kept": kept - 0.1,
        "most_kept": kept + 0.1,
        "same_reason": 0.9,
    }


def seeds(**kept):
    learners = [spread(learner, share) for learner, share in kept.items()]
    return {"test_as_of": "2023-09-01", "refits": 10, "learners": learners, "sentences": []}


@pytest.mark.parametrize(("number", "name"), [(13, "seeds")])
def test_a_section_without_its_analysis_says_what_to_run(assessment, number, name):
    said = words(section(assessment, number))

    assert said.startswith("Not available")
    assert f"hearth analyse early_help {name}, then hearth report early_help again" in said


@pytest.mark.parametrize(("number", "name"), [(13, "seeds")])
def test_a_file_of_scores_alone_says_that_there_is_no_model(assessment, number, name):
    said = words(section(replace(assessment, matrix={}), number))

    assert said == "Not available: the file holds scores, not the model."


def test_stability_says_how_many_of_a_hundred_stay(assessment):
    said = words(section(assessment, 13, seeds=seeds(logistic=0.9, lightgbm=0.8)))

    assert (
        "LightGBM (proposed): of every 100 households on its list, a retrain lists about 80" in said
    )
    assert "70 at worst" in said


@pytest.mark.parametrize(("kept", "is_said"), [(0.45, True), (0.55, False)])
def test_a_list_that_does_not_come_back_is_a_warning(assessment, kept, is_said):
    said = words(section(assessment, 13, seeds=seeds(lightgbm=kept)))

    assert ("Less than half of the list is listed again" in said) is is_said


def test_stability_of_what_is_not_proposed_says_so(assessment):
    rule = replace(assessment, candidate="most earlier referrals first")

    assert "is neither of them" in words(section(rule, 13, seeds=seeds(lightgbm=0.4)))
