"""Pictures of the pages for docs/screenshots.md, taken anew by `HEARTH_TEST_SCREENSHOTS=1 pytest` of this file."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from governance.assessment import assess
from governance.report.render import make_document, render_html

if TYPE_CHECKING:
    from typing import Any as Visit  # the class of tests/browser/conftest.py

pytestmark = pytest.mark.browser

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER = DOCS / "images" / "pages"
LARGEST = 150_000
DESK, TELEPHONE = 1000, 320
TALLEST = 1400
COLOURS = 64
BOARD = "/board/school_readiness"
PICTURES = {
    "register_of_versions": ("live_board", "board_member", "/board", DESK),
    "version_before_the_board": ("live_board", "board_member", f"{BOARD}/v4", DESK),
    "version_on_a_telephone": ("live_board", "board_member", f"{BOARD}/v4", TELEPHONE),
    "version_refused": ("live_board", "board_member", f"{BOARD}/v1", DESK),
    "versions_side_by_side": (
        "live_board",
        "board_member",
        f"{BOARD}/versions?left=3&right=4",
        DESK,
    ),
    "work_list": ("live_town", "caseworker", "/models/school_readiness/list", DESK),
    "areas": ("live_town", "caseworker", "/models/damp_homes/list", DESK),
    "training": ("live_workbench", "data_scientist", "/training", DESK),
    "training_of_a_model": ("live_workbench", "data_scientist", "/training/school_readiness", DESK),
    "data_quality": ("live_workbench", "data_scientist", "/data-quality", DESK),
}
OTHERS = ("score", "fairness_report")
asked_for = pytest.mark.skipif(
    "HEARTH_TEST_SCREENSHOTS" not in os.environ,
    reason="pictures are taken where HEARTH_TEST_SCREENSHOTS is set",
)


def take(page, name: str, width: int) -> None:
    """A picture of a page from its head, at most so tall, in few colours: it is text on white."""
    page.set_viewport_size({"width": width, "height": 700})
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": height})
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


@asked_for
@pytest.mark.parametrize("name", PICTURES)
def test_a_page_is_pictured(name, request, visit):
    served, role, path, width = PICTURES[name]
    council, address = request.getfixturevalue(served)
    window: Visit = visit(address)
    window.sign_in(council.keys[role])
    window.go(path)
    take(window.page, name, width)


@asked_for
def test_a_score_is_pictured(visit, live_town):
    town, address = live_town
    window = visit(address)
    window.sign_in(town.keys["caseworker"])
    window.go("/models/school_readiness/list")
    window.page.locator(".hearth-listed a").first.click()
    take(window.page, "score", DESK)


@asked_for
def test_the_first_page_of_a_report_is_pictured(visit, council_evidence, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render_html(make_document(assess(council_evidence()))), encoding="utf-8")
    window = visit("")
    window.page.goto(path.as_uri())
    take(window.page, "fairness_report", DESK)


def test_the_page_of_screenshots_names_every_picture_and_each_is_there():
    named = re.findall(r"!\[[^\]]{20,}\]\(images/pages/(\w+)\.png\)", (DOCS / "screenshots.md").read_text())  # fmt: skip
    assert sorted(named) == sorted([*PICTURES, *OTHERS])
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(named)


@pytest.mark.parametrize("name", [*PICTURES, *OTHERS])
def test_a_picture_is_small(name):
    content = (FOLDER / f"{name}.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) <= LARGEST
