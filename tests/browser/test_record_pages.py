"""Records of transparency and the register of sources, as pages that stand alone."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from features.data_register import register_of, render_register
from governance.transparency.dpia import dpia_document
from governance.transparency.equality import equality_document
from governance.transparency.minimisation import minimisation_document
from governance.transparency.notice_record import notice_document
from governance.transparency.page import page_of
from governance.transparency.record import make_record, record_document
from hearth.catalogue import load_catalogue
from tests.fixtures.transparency import ablation_of

pytestmark = pytest.mark.browser
RECORDS = {
    "atrs": lambda facts: record_document(make_record(facts)),
    "dpia": dpia_document,
    "equality": equality_document,
    "minimisation": minimisation_document,
    "notice": notice_document,
}


@pytest.fixture(scope="module")
def pages(facts_of, repository, tmp_path_factory):
    """Every page by name; the records of a version of which much is still to be written."""
    ablation = {"ablation": ablation_of(social_care=((-0.05, -0.08, -0.02), "recall"))}
    facts = facts_of(analyses=ablation)
    made = {name: page_of(make(facts), name) for name, make in RECORDS.items()}
    catalogue, on = load_catalogue(repository), date(2028, 1, 15)
    nothing_held = tmp_path_factory.mktemp("state")
    register = register_of(catalogue.sources, catalogue.models, nothing_held, on=on)
    return {**made, "register": render_register(register, on=on).encode()}


@pytest.mark.parametrize("name", [*RECORDS, "register"])
def test_a_record_is_accessible_narrow_enough_and_asks_nobody_for_anything(
    chromium, pages, name, tmp_path
):
    path = tmp_path / "page.html"
    path.write_bytes(pages[name])
    page = chromium.new_page(viewport={"width": 320, "height": 900})
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(path.as_uri())
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert asked == [path.as_uri()]
    page.close()
