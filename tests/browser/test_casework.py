"""A caseworker's day in a real browser: the list, a score, a decision, a challenge; by keyboard, and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from hearth.storage.engine import reading
from hearth.storage.schema import precomputed_scores

if TYPE_CHECKING:
    from typing import Any as Visit  # the class of tests/browser/conftest.py

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
LIST = "/models/school_readiness/list"


def work(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.page.get_by_role("link", name="Work lists").click()


def work_list(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go(LIST)


def masked_list(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker_system"])
    visit.go(LIST)
    assert "Contacts with social care" not in visit.page.inner_text("main")


def last_page(visit: Visit, keys: dict[str, str]) -> None:
    work_list(visit, keys)
    visit.page.get_by_role("link", name="Page 3").click()
    assert "Line of capacity: the list ends at place 60 of 120." in visit.page.inner_text("main")


def part_of_the_list(visit: Visit, keys: dict[str, str]) -> None:
    work_list(visit, keys)
    visit.page.get_by_text("Show a part of the list").click()
    visit.page.get_by_label("Area").select_option("E05000021")
    visit.page.get_by_role("button", name="Show", exact=True).click()
    assert "area E05000020" not in visit.page.inner_text("main")


def nothing_fits(visit: Visit, keys: dict[str, str]) -> None:
    work_list(visit, keys)
    visit.go(f"{LIST}?area=E05000029")
    assert "No place of the list fits these choices" in visit.page.inner_text("main")


def refused_search(visit: Visit, keys: dict[str, str]) -> None:
    work_list(visit, keys)
    visit.page.get_by_label("Find one household").fill("1")
    visit.page.get_by_role("button", name="Find").click()


def no_list_yet(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/warm_homes/list")
    assert "hearth precompute warm_homes" in visit.page.inner_text("main")


def areas(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/damp_homes/list")
    assert "2000000" not in visit.page.content()


def no_areas_yet(visit: Visit, keys: dict[str, str]) -> None:
    visit.sign_in(keys["caseworker"])
    visit.go("/models/cold_homes/list")


STATES = {
    "work": (work, "Work lists"),
    "list": (work_list, "Work list"),
    "list_masked": (masked_list, "Work list"),
    "list_end": (last_page, "Work list"),
    "list_part": (part_of_the_list, "Work list"),
    "list_nothing": (nothing_fits, "Work list"),
    "list_refused": (refused_search, "Work list"),
    "list_none": (no_list_yet, "Work list"),
    "areas": (areas, "Areas"),
    "areas_none": (no_areas_yet, "Areas"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_casework_is_accessible_and_fits_the_screen(state, visit, live_town, check):
    town, address = live_town
    prepare, heading = STATES[state]
    window = visit(address)
    prepare(window, town.keys)
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        check(window, heading, f"{state}_{width}")


def test_a_caseworker_works_through_the_list_without_javascript(visit, live_town):
    """Finds a household, overrides its score, finds it decided on the list; challenges another."""
    town, address = live_town
    window = visit(address, scripts=False)
    work_list(window, town.keys)
    page = window.page
    first = page.locator(".hearth-listed", has_text="To decide").first
    name = first.get_by_role("link").inner_text()
    first.get_by_role("link").click()
    page.get_by_label("I override it: act otherwise").check()
    page.get_by_label("I know something that no record holds").check()
    page.get_by_label("Your reason").fill("They moved out last week.")
    page.get_by_role("button", name="Record the decision").click()
    assert page.get_by_role("heading", name="Decision recorded").is_visible()
    page.get_by_role("link", name="School readiness").click()
    decided = page.locator(".hearth-listed", has_text=name)
    assert "Decided" in decided.inner_text()
    other = page.locator(".hearth-listed", has_text="To decide").first.get_by_role("link")
    name = other.inner_text()
    other.click()
    page.get_by_role("link", name="Open a challenge").click()
    page.get_by_label("The records are of somebody else").check()
    page.get_by_label("What the person says").fill("That is my brother.")
    page.get_by_role("button", name="Open the challenge").click()
    assert page.get_by_role("heading", name="Challenge recorded").is_visible()
    page.reload()
    page.get_by_role("link", name="Go back to the score").click()
    assert page.get_by_text("Opened on").count() == 1
    page.get_by_role("link", name="School readiness").click()
    assert "Challenged" in page.locator(".hearth-listed", has_text=name).inner_text()


def test_a_score_is_found_and_decided_on_by_keyboard_alone(visit, live_town):
    town, address = live_town
    window = visit(address)
    work_list(window, town.keys)
    keyboard, page = window.page.keyboard, window.page

    def reach(selector: str) -> None:
        for _ in range(80):
            if page.evaluate(f"document.activeElement.matches('{selector}')"):
                return
            keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    reach("#subject")
    keyboard.type("200000000118")
    with page.expect_navigation():
        keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Score of household 200000000118"
    assert "2000" not in page.url.removeprefix(address)[:14]
    reach("#outcome")
    keyboard.press("Space")
    reach("form[action$=decisions] button")
    with page.expect_navigation():
        keyboard.press("Enter")
    assert page.get_by_role("heading", name="Decision recorded").is_visible()


def test_a_household_below_the_line_is_found_and_is_in_no_address(visit, live_town):
    town, address = live_town
    query = select(precomputed_scores.c.entity_id).where(precomputed_scores.c.place.is_(None))
    with reading(town.engine) as connection:
        subject = connection.scalars(query).first()
    window = visit(address)
    work_list(window, town.keys)
    window.page.get_by_label("Find one household").fill(subject)
    window.page.get_by_role("button", name="Find").click()
    heading = window.page.get_by_role("heading", level=1).inner_text()
    assert heading == f"Score of household {subject}"
    assert [url for url in window.requests if "20000000" in url] == []
