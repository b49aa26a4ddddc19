"""The pages on which people decide, object and answer objections."""

import re

import pytest
from sqlalchemy import select, update

from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals, decisions

SCORES = "/v1/models/school_readiness/scores"


def token_of(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


@pytest.fixture
def score(council):
    with council.client() as client:
        return client.post(SCORES, json={"subject": "100012345678"}).json()["score_id"]


@pytest.fixture
def desk(council):
    """Signs in as a role; sends forms as its pages would."""
    opened = []

    def of(role):
        client = council.client(None).__enter__()
        opened.append(client)
        form = client.get("/sign-in")
        client.post("/sign-in", data={"key": council.keys[role], "csrf": token_of(form)})

        def send(path, **fields):
            token = token_of(client.get("/models"))
            return client.post(path, data={"csrf": token, **fields})

        return client.get, send

    yield of
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def challenge(desk, score):
    """Address of a challenge that a caseworker opened."""
    _, send = desk("caseworker")
    page = send(f"/scores/{score}/challenge", ground="unfair", statement="It is not so.")
    assert "Challenge recorded" in page.text
    return "/challenges/" + re.search(r"hearth-code\">([0-9a-f-]{36})", page.text)[1]


def test_a_decision_from_a_page_keeps_when_the_page_was_shown(desk, council, score):
    see, send = desk("caseworker")
    viewed = re.search(r'name="viewed_at" value="([^"]+)"', see(f"/scores/{score}").text)[1]
    send(f"/scores/{score}/decisions", outcome="agree", viewed_at=viewed)
    with reading(council.engine) as connection:
        row = connection.execute(select(decisions)).one()
    assert row.viewed_at.isoformat() == viewed
    assert "I agree: act on the score" in see(f"/scores/{score}").text


def test_a_decision_from_a_page_leads_to_the_score_so_that_a_reload_makes_none(desk, score):
    _, send = desk("caseworker")
    page = send(f"/scores/{score}/decisions", outcome="agree")
    assert [sent.status_code for sent in page.history] == [303]
    assert (page.request.method, page.url.path) == ("GET", f"/scores/{score}")
    assert "Decision recorded" in page.text


def test_an_override_from_a_page_needs_its_code_and_reason(desk, score):
    _, send = desk("caseworker")
    page = send(f"/scores/{score}/decisions", outcome="override")
    assert page.status_code == 422
    assert "Choose what fits best" in page.text
    assert "Say why you override the score" in page.text


def test_nobody_decides_over_a_decision_they_did_not_see(desk, score):
    see, send = desk("caseworker")
    why = {"reason_code": "known_otherwise", "reason": "The family has moved away."}
    send(f"/scores/{score}/decisions", outcome="override", seen="0", **why)
    late = send(f"/scores/{score}/decisions", outcome="agree", seen="0")
    assert late.status_code == 422
    assert "A decision was recorded while you read this score" in late.text
    send(f"/scores/{score}/decisions", outcome="agree", seen="1")
    page = see(f"/scores/{score}").text
    assert "It is the last of 2" in page
    assert "The family has moved away." in page


def test_a_challenged_score_is_shown_as_suspended_and_takes_no_decision(desk, score, challenge):
    see, send = desk("caseworker")
    page = see(f"/scores/{score}").text
    assert "This score is challenged" in page
    assert "to be acknowledged by 1 December 2026" in page
    assert "What do you decide?" not in page
    assert send(f"/scores/{score}/decisions", outcome="agree").status_code == 409


def test_a_reviewer_closes_a_challenge_from_its_page(desk, score, challenge):
    see, send = desk("reviewer")
    assert challenge in see("/challenges").text
    send(f"{challenge}/steps", step="acknowledge")
    page = send(f"{challenge}/steps", step="uphold", reason="It is so.")
    assert "by a reviewer" in page.text
    assert "What do you do?" not in page.text
    assert "A challenge to this score was upheld" in see(f"/scores/{score}").text


def test_a_step_without_its_reason_is_asked_for_again(desk, challenge):
    _, send = desk("reviewer")
    send(f"{challenge}/steps", step="acknowledge")
    assert "Say why, for the record" in send(f"{challenge}/steps", step="reject").text


def test_a_challenge_without_a_ground_is_asked_for_again(desk, score):
    _, send = desk("caseworker")
    page = send(f"/scores/{score}/challenge", statement="It is not so.")
    assert page.status_code == 422
    assert "Choose what the challenge is about" in page.text
    assert "It is not so." in page.text


def test_only_reviewers_see_the_list_of_challenges(desk, challenge):
    see, _ = desk("caseworker")
    assert see("/challenges").status_code == 403
    assert "/challenges" not in see("/models").text


def test_a_withdrawn_model_is_listed_as_no_longer_in_use(desk, council):
    see, _ = desk("caseworker")
    with writing(council.engine) as connection:
        connection.execute(update(approvals).values(state="withdrawn"))
    assert "School readiness, version 3: withdrawn" in see("/models").text
    assert see("/models/school_readiness").status_code == 409


def test_a_model_past_its_sunset_offers_no_score(desk, council, model_maker, publisher):
    oversight = {"sunset": "2026-11-02"}
    publisher(council.engine, model_maker(rows=300, name="ended", oversight=oversight))
    see, _ = desk("caseworker")
    assert "This model ended on 2 November 2026" in see("/models/ended").text
    assert see("/models/ended/score").status_code == 409


def test_the_notice_is_a_page_too(desk):
    see, _ = desk("board_member")
    assert "The model decides nothing" in see("/models/school_readiness/notice").text
