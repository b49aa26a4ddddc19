"""A quality report in a real browser: accessible, and whole at any width."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from features.data_quality.assessment import DataQuality
from features.data_quality.page import render_page
from features.data_quality.profile import DELAYS, Profile

pytestmark = pytest.mark.browser
PROFILE = Profile(
    rows=100,
    completeness={"uprn": 1.0, "person_who_logged_the_complaint": 0.004},
    categories={"category": {"music": 0.5, "building": 0.5}},
    quantiles={"decibels": [40.0, 50.0, 60.0, 70.0, 80.0]},
    months={"2009-03": 40, "2018-05": 4, "2026-01": 60},
    delays={**{name: 0 for name, _, _ in DELAYS}, "1 to 7 days": 100},
    late_rows={"30": 0, "90": 0, "365": 0},
    median_delay=3.0,
    ahead={},
)
COUNTS = ("duplicates", "quarantined", "expired", "misshapen", "overlapping_spells")
OUTSIDE = """[...document.querySelectorAll('svg text, svg rect')].filter(part => {
    const box = part.getBoundingClientRect();
    return box.left < 0 || box.right > document.documentElement.clientWidth;
}).length"""


@pytest.fixture(params=[1280, 320], ids=["desk", "telephone"])
def page(chromium, request):
    quality = DataQuality(
        source="complaints",
        title="Noise complaints",
        run_on="2026-11-02",
        profile=PROFILE,
        drift=None,
        counts=dict.fromkeys(COUNTS, 0),
        findings=[],
        references=[],
        changes=None,
        ignored_columns=[],
    )
    page = chromium.new_page(viewport={"width": request.param, "height": 900})
    page.set_content(render_page(quality))
    yield page
    page.close()


def test_no_part_of_a_chart_lies_outside_the_view(page):
    assert page.locator("svg.chart").count() == 4
    assert page.evaluate(OUTSIDE) == 0


def test_axe_finds_nothing(page):
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
