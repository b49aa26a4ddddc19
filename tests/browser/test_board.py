"""A board's evening in a real browser: the register, every state of a version, decisions, versions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Any as Visit  # the class of tests/browser/conftest.py

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
READINESS = "/board/school_readiness"
WHY = "Read and discussed by the board."


def at(path: str, role: str = "board_member"):
    """Way of somebody of a role to a page."""

    def gone(visit: Visit, keys: dict[str, str]) -> None:
        visit.sign_in(keys[role])
        visit.go(path)

    return gone


def faulty_decision(visit: Visit, keys: dict[str, str]) -> None:
    at(f"{READINESS}/v4")(visit, keys)
    page = visit.page
    page.get_by_label("Approve: it may be used from now on").check()
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_role("button", name="Record the decision").click()
    assert page.title().startswith("Error: ")


def faulty_step(visit: Visit, keys: dict[str, str]) -> None:
    at(f"{READINESS}/v3")(visit, keys)
    visit.page.get_by_role("button", name="Record it").click()


def opened(visit: Visit, keys: dict[str, str]) -> None:
    at(f"{READINESS}/v4")(visit, keys)
    for summary in visit.page.locator("summary").all():
        summary.click()


TITLE = "School readiness"
STATES = {
    "board": (at("/board"), "Register of versions"),
    "board_filtered": (at("/board?state=refused"), "Register of versions"),
    "board_filtered_to_nothing": (at("/board?state=expired"), "Register of versions"),
    "board_waiting": (at(f"{READINESS}/v4"), TITLE),
    "board_waiting_opened": (opened, TITLE),
    "board_waiting_read_only": (at(f"{READINESS}/v4", "data_scientist"), TITLE),
    "board_own": (at(f"{READINESS}/v5"), TITLE),
    "board_in_use": (at(f"{READINESS}/v3"), TITLE),
    "board_refused": (at(f"{READINESS}/v1"), TITLE),
    "board_withdrawn": (at(f"{READINESS}/v2"), TITLE),
    "board_faulty_decision": (faulty_decision, TITLE),
    "board_faulty_step": (faulty_step, TITLE),
    "board_altered": (at("/board/damp_homes/v1"), "This is not available now"),
    "board_unknown": (at(f"{READINESS}/v9"), "Page not found"),
    "board_side_by_side": (
        at(f"{READINESS}/versions?left=3&right=4"),
        "Version 3 beside version 4",
    ),
    "board_one_version": (at("/board/warm_homes/versions"), "Version 1 beside version 1"),
    "board_no_sources": (at("/sources"), "Register of sources"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_the_board_is_accessible_and_fits_the_screen(state, visit, live_board, check):
    board, address = live_board
    prepare, heading = STATES[state]
    window = visit(address)
    prepare(window, board.keys)
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        check(window, heading, f"{state}_{width}")


def test_an_empty_register_of_versions_says_how_one_gets_there(visit, live_empty_council, check):
    council, address = live_empty_council
    window = visit(address)
    at("/board")(window, council.keys)
    check(window, "Register of versions", "board_empty_1280")
    assert "hearth submit" in window.page.inner_text("main")


def test_a_member_who_submitted_a_version_finds_no_form_to_decide_on_it(visit, live_board):
    board, address = live_board
    window = visit(address)
    at(f"{READINESS}/v5")(window, board.keys)
    assert "You submitted this version" in window.page.inner_text("main")
    assert window.page.get_by_role("button", name="Record").count() == 0


def test_a_version_without_records_says_which_command_lays_them_open(visit, live_board):
    board, address = live_board
    window = visit(address)
    at(f"{READINESS}/v3")(window, board.keys)
    assert "hearth transparency school_readiness --version 3" in window.page.inner_text("main")


def test_a_register_is_narrowed_without_javascript(visit, live_board):
    board, address = live_board
    window = visit(address, scripts=False)
    at("/board")(window, board.keys)
    window.page.get_by_label("State").select_option("refused")
    window.page.get_by_role("button", name="Show").click()
    assert window.page.locator("tbody tr").count() == 1
    assert "version 1" in window.page.locator("tbody tr").inner_text()


def test_no_page_of_the_board_complains_in_the_console(visit, live_board):
    board, address = live_board
    window = visit(address)
    window.sign_in(board.keys["board_member"])
    window.complaints.clear()  # Chromium's advice on the sign-in form: a key has no user name
    waiting = f"{READINESS}/v4"
    pages = ("", "/report", "/records/atrs.html")
    for path in ("/board", f"{READINESS}/versions", *(f"{waiting}{page}" for page in pages)):
        window.go(path)
    assert window.complaints == []
    assert [url for url in window.requests if not url.startswith(address)] == []


@pytest.mark.parametrize("path", [f"{READINESS}/v4", f"{READINESS}/versions"])
def test_a_page_of_the_board_prints_whole_and_without_its_forms(visit, live_board, path, pictures):
    board, address = live_board
    window = visit(address)
    at(path)(window, board.keys)
    window.page.pdf(path=pictures / f"{path.rpartition('/')[2]}.pdf", format="A4")
    window.page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    window.page.emulate_media(media="print")
    cut = (
        "[...document.querySelectorAll('table')]"
        ".filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert window.page.evaluate(cut) == 0
    assert window.page.locator("main form:visible, nav:visible").count() == 0


def record(page, decision: str) -> None:
    page.get_by_label(decision).check()
    page.get_by_label("Why").fill(WHY)
    page.get_by_role("button", name="Record the decision").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_board_refuses_a_version_then_approves_the_next(
    visit, live_board_to_decide, publisher, readiness_model, scripts
):
    """Version 3 stays in use until the board, which refused version 4, approves the scientist's version 5."""
    council, address = live_board_to_decide
    window = visit(address, scripts=scripts)
    at("/board")(window, council.keys)
    page = window.page
    page.get_by_role("link", name="version 4").click()
    record(page, "Refuse: it may not be used")
    assert "Refused" in page.locator(".govuk-summary-list").first.inner_text()
    publisher(council.engine, readiness_model, version="5", state="submitted")
    page.get_by_role("link", name="Register of versions").first.click()
    page.get_by_role("link", name="version 5").click()
    page.get_by_label("Conditions of use").fill("Visits are recorded.")
    record(page, "Approve: it may be used from now on")
    assert "Approved" in page.locator(".govuk-summary-list").first.inner_text()
    assert "Visits are recorded." in page.inner_text("main")
    window.go("/models")
    assert page.locator("dd", has_text="5").first.is_visible()
    assert council_in_use(council) == {"5"}


def council_in_use(council) -> set[str]:
    """Versions that a caseworker's system is answered from."""
    with council.client() as client:
        return {model["version"] for model in client.get("/v1/models").json()["models"]}


def test_the_board_decides_by_keyboard_alone(visit, live_board_to_decide):
    council, address = live_board_to_decide
    window = visit(address)
    at(f"{READINESS}/v4")(window, council.keys)
    keyboard = window.page.keyboard

    def reach(selector: str) -> None:
        for _ in range(60):
            if window.page.evaluate(f"document.activeElement.matches('{selector}')"):
                return
            keyboard.press("Tab")
        pytest.fail(f"{selector} is not reached by keyboard")

    reach("#decision")
    keyboard.press("ArrowDown")
    reach("#reason")
    keyboard.type(WHY)
    reach("main button[type=submit]")
    with window.page.expect_navigation():
        keyboard.press("Enter")
    assert "Refused" in window.page.locator(".govuk-summary-list").first.inner_text()
