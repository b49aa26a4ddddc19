"""Every page and state in a real browser: no accessibility fault, no overflow, nothing from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Any as Visit  # the class of tests/browser/conftest.py

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
SUBJECT, BARE_SUBJECT = "100012345678", "100087654321"
MODEL = "/models/school_readiness"


def sign_in_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.go("/sign-in")


def refused_sign_in(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in("hearth_000000000000_wrong")


def register(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])


def model_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go(MODEL)
    visit.page.locator("summary").first.click()


def area_model_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["board_member"])
    visit.go("/models/damp_homes")


def score_form(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go(f"{MODEL}/score")


def unknown_subject(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.score("1")


def score_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.score(SUBJECT)


def score_page_opened(visit: Visit, keys: dict[str, str]) -> None:
    score_page(visit, keys)
    visit.page.locator("summary").first.click()


def bare_score_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker_system"])
    visit.score(BARE_SUBJECT)


def refused_decision(visit: Visit, keys: dict[str, str]) -> None:
    score_page(visit, keys)
    visit.page.get_by_label("I override it: act otherwise").check()
    visit.page.get_by_role("button", name="Record the decision").click()


def notice(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["board_member"])
    visit.go(f"{MODEL}/notice")


def ended_model(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/warm_homes")


def ended_model_form(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/warm_homes/score")


def challenge_form(visit: Visit, keys: dict[str, str]) -> None:
    score_page(visit, keys)
    visit.page.get_by_role("link", name="Open a challenge for somebody who objects").click()


def refused_challenge(visit: Visit, keys: dict[str, str]) -> None:
    challenge_form(visit, keys)
    visit.page.get_by_role("button", name="Open the challenge").click()


def challenged(visit: Visit, keys: dict[str, str]) -> None:
    challenge_form(visit, keys)
    visit.page.get_by_label("The records are wrong or out of date").check()
    visit.page.get_by_label("What the person says").fill("The arrears were paid in May.")
    visit.page.get_by_role("button", name="Open the challenge").click()


def suspended_score(visit: Visit, keys: dict[str, str]) -> None:
    challenged(visit, keys)
    visit.page.get_by_role("link", name="Go back to the score").click()


def open_challenges(visit: Visit, keys: dict[str, str]) -> None:
    challenged(visit, keys)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.sign_in(keys["reviewer"])
    visit.go("/challenges")


def one_challenge(visit: Visit, keys: dict[str, str]) -> None:
    open_challenges(visit, keys)
    visit.page.locator("tbody a").last.click()


def refused_step(visit: Visit, keys: dict[str, str]) -> None:
    one_challenge(visit, keys)
    visit.page.get_by_role("button", name="Record the step").click()


def upheld_challenge(visit: Visit, keys: dict[str, str]) -> None:
    one_challenge(visit, keys)
    visit.page.get_by_label("Acknowledge").check()
    visit.page.get_by_role("button", name="Record the step").click()
    visit.page.get_by_label("Uphold").check()
    visit.page.get_by_label("Your reason").fill("The payment is on the account.")
    visit.page.get_by_role("button", name="Record the step").click()


def decided(visit: Visit, keys: dict[str, str]) -> None:
    score_page(visit, keys)
    visit.page.get_by_label("I agree: act on the score").check()
    visit.page.get_by_role("button", name="Record the decision").click()


def api_page(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/docs")


def forbidden(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["board_member"])
    visit.go(f"{MODEL}/score")


def not_found(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/no_such_model")


STATES = {
    "sign_in": (sign_in_page, "Sign in"),
    "sign_in_refused": (refused_sign_in, "Sign in"),
    "register": (register, "Models in use"),
    "model": (model_page, "School readiness"),
    "model_for_areas": (area_model_page, "Damp homes"),
    "score_form": (score_form, "Score a household"),
    "score_form_refused": (unknown_subject, "Score a household"),
    "score": (score_page, f"Score of household {SUBJECT}"),
    "score_opened": (score_page_opened, f"Score of household {SUBJECT}"),
    "score_of_little": (bare_score_page, f"Score of household {BARE_SUBJECT}"),
    "decision_refused": (refused_decision, f"Score of household {SUBJECT}"),
    "decided": (decided, f"Score of household {SUBJECT}"),
    "api": (api_page, "API"),
    "notice": (notice, "How the council uses a computer model: School readiness"),
    "model_ended": (ended_model, "Warm homes"),
    "model_ended_form": (ended_model_form, "This cannot be done"),
    "challenge_form": (challenge_form, "Open a challenge"),
    "challenge_form_refused": (refused_challenge, "Open a challenge"),
    "challenged": (challenged, "Challenge recorded"),
    "score_suspended": (suspended_score, f"Score of household {SUBJECT}"),
    "challenges": (open_challenges, "Open challenges"),
    "challenge": (one_challenge, "Challenge"),
    "challenge_refused": (refused_step, "Challenge"),
    "challenge_upheld": (upheld_challenge, "Challenge"),
    "forbidden": (forbidden, "You may not see this"),
    "not_found": (not_found, "Page not found"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_accessible_fits_the_screen_and_asks_for_nothing_outside(
    state, visit, live_council, check
):
    council, address = live_council
    prepare, heading = STATES[state]
    window = visit(address)
    prepare(window, council.keys)
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        check(window, heading, f"{state}_{width}")


def test_an_empty_register_says_what_is_missing(visit, live_empty_council, check):
    council, address = live_empty_council
    window = visit(address)
    register(window, council.keys)
    check(window, "Models in use", "register_empty_1280")
    assert "No model is in use" in window.page.inner_text("main")


def test_a_caseworker_gets_from_sign_in_to_a_decision_without_javascript(visit, live_council):
    council, address = live_council
    window = visit(address, scripts=False)
    decided(window, council.keys)
    page = window.page
    assert page.get_by_role("heading", name="Decision recorded").is_visible()
    assert page.get_by_role("heading", level=1).inner_text() == f"Score of household {SUBJECT}"
    page.get_by_role("button", name="Sign out").click()
    assert page.url.endswith("/sign-in")


def test_a_caseworker_gets_a_score_by_keyboard_alone(visit, live_council):
    council, address = live_council
    window = visit(address)
    window.go("/sign-in?next=/models/school_readiness/score")
    keyboard = window.page.keyboard
    keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.textContent").strip() == (
        "Skip to main content"
    )
    for text, tabs in ((council.keys["caseworker"], "#key"), (SUBJECT, "#subject")):
        while not window.page.evaluate(f"document.activeElement.matches('{tabs}')"):
            keyboard.press("Tab")
        keyboard.type(text)
        with window.page.expect_navigation():
            keyboard.press("Enter")
    heading = window.page.get_by_role("heading", level=1).inner_text()
    assert heading == f"Score of household {SUBJECT}"


def test_the_fairness_report_keeps_its_own_look_under_its_policy(visit, live_council):
    council, address = live_council
    window = visit(address)
    window.sign_in(council.keys["board_member"])
    window.go(f"{MODEL}/report")
    assert window.page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Arial")
    assert [text for text in window.complaints if "ontent Security Policy" in text] == []


def test_a_score_prints_without_its_form(visit, live_council):
    council, address = live_council
    window = visit(address)
    score_page(window, council.keys)
    window.page.emulate_media(media="print")
    assert not window.page.get_by_role("button", name="Record the decision").is_visible()
    assert window.page.get_by_text("Council tax arrears").first.is_visible()
