"""DPIA draft, equality duty, minimisation table: what is filled, what is marked."""

from datetime import date

import pytest

from governance.fairness.coverage import CHARACTERISTICS
from governance.transparency.dpia import QUESTIONS, dpia_document
from governance.transparency.equality import equality_document, unsaid
from governance.transparency.markdown import markdown_of
from governance.transparency.minimisation import (
    Worth,
    candidates_to_drop,
    minimisation_document,
    minimisation_rows,
)
from governance.transparency.page import page_of
from governance.transparency.risks import risks_of
from governance.transparency.written import Written
from tests.fixtures.transparency import ablation_of

MARK = "To be written by a person"


def text_of(document):
    return markdown_of(document).decode()


def row_of(facts, source):
    return next(row for row in minimisation_rows(facts) if row.source == source)


def test_a_draft_has_the_seven_steps_in_order(facts_of):
    titles = [section.title for section in dpia_document(facts_of()).sections]
    assert len(titles) == 7
    assert [titles[2], titles[-1]] == ["Consultation", "Sign-off"]


def test_every_answer_that_only_people_know_is_marked_until_it_is_written(facts_of):
    assert text_of(dpia_document(facts_of())).count(MARK) == len(QUESTIONS)
    told = Written.model_validate({"dpia": {"consultation": "Two meetings with parents."}})
    draft = text_of(dpia_document(facts_of(written=told)))
    assert draft.count(MARK) == len(QUESTIONS) - 1
    assert "Two meetings with parents." in draft


def test_risks_follow_from_verdicts_sources_and_agreements(facts_of):
    told = " ".join(risk.what for risk in risks_of(facts_of()))
    verdicts = facts_of().report["verdicts"]
    assert f"{verdicts['concern']} concern" in told
    assert "Special-category or criminal-offence data are read: Social care" in told
    assert "Social care (ends within 90 days, 31 December 2026)" in told


def test_an_agreement_that_has_ended_is_a_risk(facts_of):
    told = " ".join(risk.what for risk in risks_of(facts_of(on=date(2027, 2, 1))))
    assert "Social care (has ended)" in told


def test_how_grave_a_risk_is_nobody_says_for_people(facts_of):
    risks = dpia_document(facts_of()).sections[4].blocks[1]
    assert {row[-1] for row in risks.rows} == {"To be judged by a person"}


def test_none_of_the_nine_characteristics_is_blank(facts_of):
    (table,) = [b for b in equality_document(facts_of()).sections[0].blocks if hasattr(b, "rows")]
    rows = {row[0]: row for row in table.rows}
    assert set(CHARACTERISTICS.values()) <= rows.keys()
    assert all(cell for row in table.rows for cell in row)
    assert rows["Race"][1] == "measured"


def test_a_characteristic_whose_reason_is_not_given_is_asked_of_a_person(facts_of):
    facts = facts_of()
    assert "Disability" in unsaid(facts)
    assert "Religion or belief" not in unsaid(facts)  # the definition says why
    assert "A person must still say" in text_of(equality_document(facts))


def test_what_a_source_buys_is_not_measured_until_somebody_measures_it(facts_of):
    assert row_of(facts_of(), "social_care").worth is Worth.NOT_MEASURED
    assert "hearth analyse early_help ablation" in text_of(minimisation_document(facts_of()))


@pytest.mark.parametrize(
    ("change", "by", "worth"),
    [
        ((-0.05, -0.08, -0.02), "recall and AUC", Worth.KEEP),
        ((-0.01, -0.015, 0.01), "none", Worth.CANDIDATE),
        ((-0.01, -0.08, 0.05), "none", Worth.CANNOT_TELL),
        ((None, None, None), None, Worth.CANNOT_TELL),
    ],
)
def test_a_source_is_judged_by_the_loss_without_it(facts_of, change, by, worth):
    facts = facts_of(analyses={"ablation": ablation_of(social_care=(change, by))})
    assert row_of(facts, "social_care").worth is worth
    assert bool(candidates_to_drop(minimisation_rows(facts))) == (worth is Worth.CANDIDATE)


def test_a_source_needed_for_more_than_the_score_is_no_candidate_to_drop(facts_of):
    found = {"ablation": ablation_of(social_care=((-0.01, -0.015, 0.01), "none"))}
    places = {**facts_of().used_for, "social_care": ("features[0].source", "unit")}
    row = row_of(facts_of(analyses=found, used_for=places), "social_care")
    assert row.worth is Worth.NEEDED_OTHERWISE


def test_the_cost_of_leaving_a_source_out_has_its_interval(facts_of):
    found = {"ablation": ablation_of(social_care=((-0.05, -0.08, -0.02), "recall"))}
    assert "−5.0 points (−8.0 to −2.0)" in text_of(minimisation_document(facts_of(analyses=found)))


def test_a_source_that_gives_no_feature_is_told_with_what_it_is_for(facts_of):
    row = row_of(facts_of(), "eyfs_profile")
    assert (row.worth, row.used_for) == (Worth.NO_FEATURE, "the outcome")


def test_a_page_fetches_nothing_and_escapes_what_it_is_told(facts_of):
    told = Written.model_validate({"dpia": {"need": "<script>alert(1)</script> & more"}})
    page = page_of(dpia_document(facts_of(written=told)), "draft").decode()
    assert "<script" not in page
    assert "http" not in page
    assert "&amp; more" in page


def test_a_bar_in_a_cell_breaks_no_table(facts_of):
    title = "Referrals | checks"
    sources = facts_of().sources
    named = sources["social_care"].model_copy(update={"title": title})
    text = text_of(minimisation_document(facts_of(sources={**sources, "social_care": named})))
    assert "Referrals \\| checks" in text
