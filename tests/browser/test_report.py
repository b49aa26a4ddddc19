import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from governance.assessment import assess
from governance.fairness.replacement import Champion
from governance.further import Beside
from governance.geography.area_map import Area, AreaMap
from governance.report.render import make_document, render_html

pytestmark = pytest.mark.browser
WIDTHS = {"desk": 1280, "telephone": 320}


@pytest.fixture(scope="module")
def reports(compas_evidence, council_evidence):
    """Every state of the report a reader can meet, as HTML by name."""
    council = council_evidence()
    scored, protected = council.scored, council.protected
    third = protected.entity_id.astype(int) % 3
    beside = Beside(
        champion=Champion("2", scored[scored.candidate == "logistic"]),
        areas=protected[["entity_id", "as_of"]].assign(area="X" + third.astype(str)),
        outlines=AreaMap("lsoa", "Made up", 400, SQUARES),
    )
    evidence = {
        "compas, nothing withheld": compas_evidence("none"),
        "compas, small counts withheld": compas_evidence("dfe"),
        "council": council,
        "council, outcome known where looked": council_evidence(label=WHERE_LOOKED),
        "council, with a version in use and a map": replace(council, beside=beside),
    }
    return {name: render_html(make_document(assess(one))) for name, one in evidence.items()}


WHERE_LOOKED = {
    "source": "eyfs_profile",
    "outcome": {"column": "good_level_of_development", "is": False},
    "window": "24m",
    "observed": "when_any_row",
}
SQUARES = tuple(Area(f"X{i}", f"Place {i}", f"M{250 * i} 0l250 0 0 400 -250 0z") for i in range(4))
STATES = [
    "compas, nothing withheld",
    "compas, small counts withheld",
    "council",
    "council, outcome known where looked",
    "council, with a version in use and a map",
]


@pytest.fixture
def page(chromium, reports, request, tmp_path):
    """The report in a browser without scripts of its own, from a file."""
    name, width = request.param
    path = tmp_path / "report.html"
    path.write_text(reports[name], encoding="utf-8")
    page = chromium.new_page(viewport={"width": WIDTHS[width], "height": 900})
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(path.as_uri())
    page.asked = asked
    yield page
    page.close()


every_state = pytest.mark.parametrize(
    "page", [(state, width) for state in STATES for width in WIDTHS], indirect=True
)
on_a_telephone = pytest.mark.parametrize("page", [("council", "telephone")], indirect=True)
at_a_desk = pytest.mark.parametrize("page", [("council", "desk")], indirect=True)


@every_state
def test_axe_finds_nothing_and_nothing_overflows(page):
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    violations = Axe().run(page).response["violations"]

    assert overflow == 0
    assert [(found["id"], len(found["nodes"])) for found in violations] == []


@every_state
def test_one_file_asks_for_nothing_else(page):
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert len(page.asked) == 1


@on_a_telephone
def test_a_wide_table_is_reached_and_moved_by_keyboard(page):
    region = page.locator(".scroll", has=page.locator("table")).last
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("element => element.scrollLeft > 0", arg=region.element_handle())

    assert region.get_attribute("tabindex") == "0"
    assert region.get_attribute("aria-label")


@at_a_desk
def test_every_chart_has_a_title_a_description_and_says_where_its_figures_are(page):
    charts = page.locator("svg[role=img]")

    assert charts.count() >= 5
    for chart in charts.all():
        title, description = (chart.locator(tag).text_content() for tag in ("title", "desc"))
        assert title
        assert description
        assert chart.get_attribute("role") == "img"


@on_a_telephone
def test_text_in_a_chart_can_be_read_on_a_telephone(page):
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg.chart text')].map(one => one.getBoundingClientRect())"
        ".filter(box => box.height).map(box => [box.height, box.right - innerWidth])"
    )

    assert len(sizes) > 20
    assert min(height for height, _ in sizes) >= 13
    assert max(beyond for _, beyond in sizes) <= 0


@at_a_desk
def test_every_link_in_the_contents_leads_to_its_section(page):
    links = page.locator("nav a")

    assert links.count() == page.locator("section").count() >= 15
    for link in links.all():
        link.click()
        assert page.locator(page.url[page.url.index("#") :]).count() == 1


@at_a_desk
def test_in_print_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins, in CSS pixels
    page.emulate_media(media="print")

    cut = page.evaluate(
        "[...document.querySelectorAll('table, svg')]"
        ".filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
    )

    assert cut == 0
    assert not page.locator(".top").first.is_visible()


def test_the_page_holds_no_script_and_no_inline_style(reports):
    for html in reports.values():
        assert "<script" not in html
        assert not re.search(r"\sstyle=", html)
        assert html.count("<style>") == 1
