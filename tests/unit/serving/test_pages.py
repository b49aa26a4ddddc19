"""What the pages hold to without a browser: sessions, tokens, policies."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hearth.audit_log import AuditLog
from hearth.identity import revoke_key
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, bundles
from serving.pages.session import COOKIE, new_session, seal, token_matches, unseal
from serving.scores.served_models import ServedModels


def token_of(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


@pytest.fixture
def browser(council):
    with council.client(None, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def sign_in(browser, council):
    def signed(role="caseworker"):
        page = browser.get("/sign-in")
        fields = {"key": council.keys[role], "csrf": token_of(page)}
        return browser.post("/sign-in", data=fields)

    return signed


def test_a_session_opens_with_the_pepper_that_sealed_it(clock):
    session = new_session("abc", clock())
    assert unseal(seal(session, "pepper"), "pepper", clock()) == session
    assert unseal(seal(session, "pepper"), "another", clock()) is None


@pytest.mark.parametrize("cookie", ["", ".", "abc", "abc.def", "é.é", "e30=." + "0" * 64])
def test_a_cookie_that_is_none_of_ours_is_no_session(cookie, clock):
    assert unseal(cookie, "pepper", clock()) is None


def test_a_session_altered_by_one_character_is_none(clock):
    sealed = seal(new_session("abc", clock()), "pepper")
    altered = ("A" if sealed[0] != "A" else "B") + sealed[1:]
    assert unseal(altered, "pepper", clock()) is None


def test_a_session_ends_after_a_working_day(clock):
    sealed = seal(new_session("abc", clock()), "pepper")
    assert unseal(sealed, "pepper", clock() + timedelta(hours=7))
    assert unseal(sealed, "pepper", clock() + timedelta(hours=9)) is None


def test_a_token_of_another_session_does_not_match(clock):
    assert not token_matches(new_session("a", clock()), new_session("a", clock()).csrf)


def test_signing_in_leads_on_and_its_cookie_is_out_of_reach_of_scripts(sign_in):
    answer = sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/models")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(COOKIE)
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_the_cookie_does_not_hold_the_key(sign_in, council):
    assert council.keys["caseworker"].split("_")[2] not in sign_in().headers["set-cookie"]


def test_a_visitor_is_sent_to_sign_in_and_then_on(browser, council):
    sent = browser.get("/models/school_readiness")
    assert sent.headers["location"] == "/sign-in?next=%2Fmodels%2Fschool_readiness"
    page = browser.get(sent.headers["location"])
    fields = {
        "key": council.keys["caseworker"],
        "csrf": token_of(page),
        "goal": "/models/school_readiness",
    }
    assert browser.post("/sign-in", data=fields).headers["location"] == "/models/school_readiness"


@pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_signing_in_never_leads_to_another_site(browser, council, goal):
    page = browser.get("/sign-in", params={"next": goal})
    fields = {"key": council.keys["caseworker"], "csrf": token_of(page), "goal": goal}
    assert browser.post("/sign-in", data=fields).headers["location"] == "/models"


def test_a_form_without_its_token_is_refused(browser, sign_in):
    sign_in()
    answer = browser.post("/models/school_readiness/score", data={"subject": "100012345678"})
    assert answer.status_code == 403


def test_a_form_from_another_site_is_refused(browser, sign_in):
    sign_in()
    token = token_of(browser.get("/models/school_readiness/score"))
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post(
            "/models/school_readiness/score",
            data={"subject": "100012345678", "csrf": token},
            headers=headers,
        )
        assert answer.status_code == 403


def test_signing_out_ends_the_session(browser, sign_in):
    sign_in()
    token = token_of(browser.get("/models"))
    browser.post("/sign-out", data={"csrf": token})
    assert browser.get("/models").headers["location"].startswith("/sign-in")


def test_a_key_revoked_since_sign_in_signs_its_holder_out(browser, sign_in, council, clock):
    sign_in()
    assert browser.get("/models").status_code == 200
    key_id = council.keys["caseworker"].split("_")[1]
    with writing(council.engine) as connection:
        revoke_key(
            connection,
            key_id,
            actor="administrator",
            audit=AuditLog(council.engine, clock),
            now=clock(),
        )
    assert browser.get("/models").status_code == 303


def test_a_page_allows_no_unsafe_script_or_style_and_nothing_from_outside(browser):
    answer = browser.get("/sign-in")
    policy = answer.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert re.findall(r"<script([^>]*)>", answer.text) == [f' nonce="{nonce}"']
    assert "style=" not in answer.text


def test_the_nonce_is_new_each_time(browser):
    policies = {browser.get("/sign-in").headers["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


def test_the_report_is_served_byte_for_byte_and_may_use_its_own_styles_only(browser, sign_in):
    sign_in()
    answer = browser.get("/models/school_readiness/report")
    assert "No concern found in 4 of 4 groups." in answer.text
    policy = answer.headers["content-security-policy"]
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/=]{44}';", policy)
    assert "unsafe" not in policy


def test_the_reference_someone_typed_is_not_repeated_when_it_is_refused(browser, sign_in):
    sign_in()
    token = token_of(browser.get("/models/school_readiness/score"))
    answer = browser.post(
        "/models/school_readiness/score", data={"subject": "MARK-7", "csrf": token}
    )
    assert answer.status_code == 422
    assert "MARK-7" not in answer.text


def test_no_page_asks_for_a_licensed_font_crown_or_crest(browser, repository):
    sheet = (repository / "serving/pages/static/vendor/hearth.css").read_text()
    assert not re.search(r"GDS Transport|@font-face|url\(|crown|crest", sheet, re.IGNORECASE)
    assert "crown" not in browser.get("/sign-in").text.lower()


def test_a_model_whose_bundle_was_altered_is_named_in_the_register_and_gives_no_score(
    browser, sign_in, council
):
    with writing(council.engine) as connection:
        connection.execute(
            update(bundles).where(bundles.c.path == "booster.txt").values(content=b"tree")
        )
    sign_in()
    register = browser.get("/models")
    assert "what was published is not as it was approved" in register.text
    assert browser.get("/models/school_readiness/score").status_code == 503


def test_the_unforeseen_is_a_page_in_the_look_of_the_rest(browser, sign_in, monkeypatch):
    sign_in()

    def fail(*_):
        raise RuntimeError("MARK-in-a-message")

    monkeypatch.setattr(ServedModels, "get", fail)
    answer = browser.get("/models/school_readiness")
    assert answer.status_code == 500
    assert "Sorry, something went wrong" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "MARK" not in answer.text


def test_the_look_up_of_a_page_is_on_record_as_the_api_s_is(browser, sign_in, council):
    sign_in()
    token = token_of(browser.get("/models/school_readiness/score"))
    fields = {"subject": "100012345678", "csrf": token}
    assert browser.post("/models/school_readiness/score", data=fields).status_code == 303
    with reading(council.engine) as connection:
        query = select(audit_entries.c.action).order_by(audit_entries.c.sequence.desc())
        assert connection.scalars(query).first() == "score.made"


def test_the_api_is_documented_on_a_page_that_asks_nothing_of_another_host(browser, sign_in):
    sign_in()
    page = browser.get("/docs")
    assert page.status_code == 200
    assert "POST /v1/models/{model}/scores" in page.text
    assert "100012345678" in page.text
    assert "&lt;span" not in page.text
    assert re.findall(r"(?:src|href)=\"(?!/|#)", page.text) == []
