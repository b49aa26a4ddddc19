"""The notice: true of its model, readable, and the same on the API and the page."""

import pytest

from serving.oversight.notice import notice_of
from serving.scores.served_models import served_model

NOTICE = "/v1/models/school_readiness/notice"


@pytest.fixture
def notice(council, model_maker, publisher):
    """The notice of a model as it says it is, as Markdown."""

    def told(**about):
        publisher(council.engine, model_maker(rows=300, name="noticed", **about))
        return notice_of(served_model(council.engine, "noticed")).as_markdown()

    return told


def test_a_notice_names_every_record_and_its_source(council, readiness_model):
    with council.client() as client:
        answer = client.get(NOTICE).json()
    assert (answer["version"], answer["media_type"]) == ("3", "text/markdown")
    for words in readiness_model.reasons:
        assert f"{words.title}: from “{words.source_title}”" in answer["text"]


def test_a_notice_says_who_decides_who_approved_and_whom_to_write_to(council):
    with council.client() as client:
        text = client.get(NOTICE).json()["text"]
    for told in (
        "The model decides nothing",
        "a board member, approved it on 1 October 2026",
        "From 31 December 2027 on it gives no scores",
        "early-help-data@council.example",
        "within 30 days",
        "Information Commissioner",
    ):
        assert told in text


def test_a_notice_says_what_being_on_the_list_may_bring(notice):
    assert "offer of help" in notice()
    assert "enforcement" in notice(intervention="punitive")


def test_a_notice_of_a_model_for_areas_promises_nobody_a_score(notice):
    text = notice(release_level="output_area")
    assert "Nobody is given a score of one household, home or person" in text
    assert "objection to a score" not in text


def test_a_notice_tells_of_those_held_back_by_lot(notice):
    assert "drawn by lot" not in notice()
    held_back = {"share": 0.05, "since": "2026-01-01"}
    assert "about 5 of every 100 households" in notice(hold_back=held_back)


def test_a_notice_gives_the_law_of_each_source_where_the_bundle_holds_it(notice):
    assert "legal ground" not in notice()
    source = {
        "title": "Funded hours",
        "controller": "The council",
        "lawful_basis": "Needed for a public task.",
        "power": "Childcare Act 2006, s. 7",
    }
    assert "Funded hours, held by The council. Needed for a public task." in notice(
        sources=[source]
    )


def test_a_notice_of_a_model_never_in_use_is_not_found(council):
    with council.client() as client:
        assert client.get("/v1/models/damp_homes/notice").status_code == 404
