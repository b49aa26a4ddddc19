"""A data scientist's pages in a real browser: what was trained, splits, drift, data quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Any as Visit  # the class of tests/browser/conftest.py

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
READINESS = "/training/school_readiness"
PAGES = {
    "training": ("/training", "Training"),
    "training_model": (READINESS, "School readiness"),
    "training_bare": ("/training/damp_homes", "Damp homes"),
    "training_unknown": ("/training/nothing", "Page not found"),
    "quality": ("/data-quality", "Data quality"),
    "quality_asking": ("/data-quality?show=asking", "Data quality"),
    "quality_nothing": ("/data-quality?name=zzz", "Data quality"),
    "quality_source": ("/data-quality/council_tax", "Council tax"),
}


def at(visit: Visit, keys: dict[str, str], path: str) -> None:
    visit.sign_in(keys["data_scientist"])
    visit.complaints.clear()  # Chromium's advice on the sign-in form: a key has no user name
    visit.go(path)


@pytest.mark.parametrize("name", PAGES)
def test_a_data_scientists_page_is_accessible_and_fits_the_screen(
    name, visit, live_workbench, check
):
    council, address = live_workbench
    path, heading = PAGES[name]
    window = visit(address)
    at(window, council.keys, path)
    for summary in window.page.locator("summary").all():
        summary.click()
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        check(window, heading, f"{name}_{width}")
    expected = {"training_unknown"}
    assert window.complaints == [] or name in expected


@pytest.mark.parametrize(
    ("path", "heading"), [("/training", "Training"), ("/data-quality", "Data quality")]
)
def test_a_machine_with_the_records_alone_says_so(path, heading, visit, live_empty_council, check):
    council, address = live_empty_council
    window = visit(address)
    at(window, council.keys, path)
    check(window, heading, f"{heading}_empty")
    assert "It may hold the records alone" in window.page.inner_text("main")


def test_the_drawing_of_splits_is_seen(visit, live_workbench):
    council, address = live_workbench
    window = visit(address)
    at(window, council.keys, READINESS)
    drawing = window.page.locator("img.hearth-drawing")
    assert drawing.evaluate("image => image.complete && image.naturalWidth > 0")


def test_sources_are_found_without_javascript_and_by_keyboard(visit, live_workbench):
    council, address = live_workbench
    window = visit(address, scripts=False)
    at(window, council.keys, "/data-quality")
    window.page.get_by_label("Name of a source").fill("moves")
    window.page.keyboard.press("Enter")
    window.page.get_by_role("link", name="Moves").focus()
    window.page.keyboard.press("Enter")
    assert window.page.get_by_role("heading", level=1).inner_text() == "Moves"
