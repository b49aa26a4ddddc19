import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.transparency.notice import Notice, NoticeFacts, Record, notice_of
from governance.transparency.notice_record import make_notice, notice_document, spoken_part
from governance.transparency.reading_age import TARGET_AGE, grade, reading_age, syllables_of
from hearth.catalogue import load_catalogue
from serving.oversight import challenges
from serving.scores.scoring import EXPIRES_AFTER

SHIPPED = ("food_inspections", "rental_standards", "school_readiness", "unlicensed_hmo")
QUESTIONS = (
    "Which homes, if seen in the next year, would be found let without the licence they need?",
    "Who will not finish the course that they began in autumn?",
)


@pytest.fixture(scope="module")
def catalogue(repository):
    return load_catalogue(repository)


@pytest.mark.parametrize("model", SHIPPED)
def test_the_notice_of_every_shipped_model_can_be_read_at_the_target_age(
    catalogue, facts_of, model
):
    sources = {contract.source: contract for contract in catalogue.sources_of(model)}
    features = tuple(catalogue.features(model))
    facts = facts_of(definition=catalogue.model(model), sources=sources, features=features)
    assert 5 < reading_age(spoken_part(make_notice(facts))) <= TARGET_AGE


@given(
    unit=st.sampled_from(["household", "property", "person"]),
    intervention=st.sampled_from(["assistive", "punitive", "mixed"]),
    release_level=st.sampled_from(["household", "output_area"]),
    question=st.sampled_from(QUESTIONS),
    held_back=st.sampled_from([None, 0.05, 0.1]),
    usual=st.sampled_from([None, "About 3 of every 1,000 people"]),
)
def test_the_notice_of_any_definition_can_be_read_at_the_target_age(question, **drawn):
    notice = notice_of(
        NoticeFacts(
            title="Homes without a licence", version="2", question=question, purpose="housing_standards",
            caveats=(), records=(Record("Noise", "Noise complaints", is_guarded=True),), grounds=(),
            owner="Head of Housing", contact="housing@council.example", review_every="12 months",
            sunset=None, scores_last="1 month", **drawn,
        )
    )  # fmt: skip
    assert reading_age(spoken_part(notice)) <= TARGET_AGE


def test_the_notice_says_what_it_must(facts_of):
    text = make_notice(facts_of()).as_markdown()
    for told in (
        "asks one question", "from “Social care”", "The model decides nothing", "You can object",
        "early-help-data@council.example", "Information Commissioner’s Office (ICO)", "Nobody has approved it",
    ):  # fmt: skip
        assert told in text


def test_the_notice_says_how_old_a_reader_must_be(facts_of):
    facts = dict(notice_document(facts_of()).facts)
    assert "target: 11 at most" in facts["Reading age"]


def test_a_score_lasts_as_long_and_a_complaint_waits_as_long_as_the_service_lets_it(facts_of):
    text = make_notice(facts_of()).as_markdown()
    assert f"A score may be used for {EXPIRES_AFTER.in_words()} at most" in text
    assert f"within {challenges.ACKNOWLEDGE_WITHIN_DAYS} days" in text


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("cat", 1), ("council", 2), ("computer", 3), ("information", 4), ("people", 2), ("scored", 1)],
)
def test_syllables_are_counted(word, syllables):
    assert syllables_of(word) == syllables


def test_the_grade_is_that_of_the_formula():
    text = "The cat sat on the mat."  # six words, six syllables, one sentence
    assert grade(text) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


def test_longer_sentences_and_words_need_older_readers():
    plain = "We look at what is held. Then one of us makes up her mind."
    heavy = "Notwithstanding administrative considerations, multidisciplinary determination necessitates examination."
    assert reading_age(plain) < 9 < reading_age(heavy)


def test_an_empty_text_has_no_reading_age():
    assert reading_age("") == 0
    assert spoken_part(Notice("Title", ())) == ""
