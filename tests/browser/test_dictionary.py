"""The feature dictionary in a real browser: accessible, whole in one file, and searched."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from features.dictionary.build import HTML, build_dictionary

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(small_council_at, tmp_path_factory):
    council = small_council_at(tmp_path_factory.mktemp("council"))
    council.build("readiness")
    return build_dictionary(council.catalogue, council.settings, "readiness") / HTML


@pytest.fixture(params=[1280, 320], ids=["desk", "telephone"])
def page(chromium, written, request):
    page = chromium.new_page(viewport={"width": request.param, "height": 900})
    page.goto(written.as_uri())
    yield page
    page.close()


def test_axe_finds_nothing_and_nothing_overflows(page):
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []


def test_letters_of_charts_are_as_large_on_a_telephone_and_the_title_stands_clear(page):
    drawn = page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))"
    )
    assert drawn >= 15
    gap = "document.querySelector('h1').offsetTop - document.querySelector('main').offsetTop"
    assert page.evaluate(gap) == 30


def test_a_count_is_said_never_to_be_missing(page):
    missing = page.locator("article", has_text="noise_max_decibels_damp_12m").locator("dd")
    assert "stays missing" in missing.all_inner_texts()
    counts = page.locator("article:has(h3:text-matches('_count_')) dd").all_inner_texts()
    assert "never missing" in counts
    assert "stays missing" not in counts


def test_a_search_leaves_the_features_that_hold_every_word(page):
    page.get_by_label("Search the features").fill("decibels damp")
    assert page.locator("article:visible h3").all_inner_texts() == ["noise_max_decibels_damp_12m"]
    assert page.locator("section.group:visible").count() == 1
    assert page.get_by_role("status").inner_text().startswith("1 of ")
