"""Every form of the pages: its token is asked for, and what it did is not done again by a reload."""

import re

import pytest
from sqlalchemy import func, select

from hearth.storage.engine import reading
from hearth.storage.schema import challenges, scores
from serving.web.access import PAGES

NOBODY = "00000000-0000-4000-8000-000000000000"
POSTS = sorted(route.removeprefix("POST ") for route in PAGES if route.startswith("POST "))
HOLDERS = {
    "/challenges/{challenge_id}/steps": "reviewer",
    "/board/{model}/v{version}/decision": "board_member",
    "/board/{model}/v{version}/step": "board_member",
}


def address(route):
    named = re.sub(r"\{(score|challenge)_id\}", NOBODY, route).replace("{version}", "3")
    return named.replace("{model}", "school_readiness")


def token_of(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


@pytest.fixture
def sign_in(council):
    opened = []

    def signed(role):
        client = council.client(None).__enter__()
        opened.append(client)
        form = {"key": council.keys[role], "csrf": token_of(client.get("/sign-in"))}
        client.post("/sign-in", data=form)
        return client

    yield signed
    for client in opened:
        client.__exit__(None, None, None)


def count(council, table):
    with reading(council.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("route", POSTS)
def test_a_form_without_its_token_does_nothing(route, sign_in):
    client = sign_in(HOLDERS.get(route, "caseworker"))
    answer = client.post(address(route), data={"subject": "100012345678"})
    assert (answer.status_code, "The form had expired" in answer.text) == (403, True)


def test_a_score_made_from_a_page_is_not_made_again_by_a_reload(council, sign_in):
    client = sign_in("caseworker")
    form = {"subject": "100012345678", "csrf": token_of(client.get("/models"))}
    page = client.post("/models/school_readiness/score", data=form)
    assert page.request.method == "GET"
    assert client.get(page.url.path).status_code == 200
    assert count(council, scores) == 1
    assert "100012345678" in page.text
    assert "100012345678" not in str(page.url)


def test_a_challenge_opened_from_a_page_is_not_opened_again_by_a_reload(council, sign_in):
    client = sign_in("caseworker")
    token = token_of(client.get("/models"))
    form = {"subject": "100012345678", "csrf": token}
    score = client.post("/models/school_readiness/score", data=form).url.path
    form = {"ground": "unfair", "statement": "It is not so.", "csrf": token}
    page = client.post(f"{score}/challenge", data=form)
    assert (page.request.method, page.url.path) == ("GET", f"{score}/challenged")
    assert client.get(page.url.path).status_code == 200
    assert count(council, challenges) == 1


def test_whom_a_score_is_of_is_told_to_those_alone_who_act_on_it(sign_in):
    client = sign_in("caseworker")
    form = {"subject": "100012345678", "csrf": token_of(client.get("/models"))}
    score = client.post("/models/school_readiness/score", data=form).url.path
    assert "100012345678" not in sign_in("reviewer").get(score).text


def test_no_challenge_reads_as_no_page(sign_in):
    client = sign_in("caseworker")
    form = {"subject": "100012345678", "csrf": token_of(client.get("/models"))}
    score = client.post("/models/school_readiness/score", data=form).url.path
    assert client.get(f"{score}/challenged").status_code == 404
