"""Windows of a real browser, what every page is held to in them, and where their pictures go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDTHS = (1280, 320)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of this run's screenshots."""
    return tmp_path_factory.mktemp("pictures")


class Visit:
    """One browser window, and what it asked for and complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        page.set_default_timeout(15_000)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, key: str) -> None:
        self.go("/sign-in")
        self.page.get_by_label("Your API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()

    def score(self, subject: str) -> None:
        self.go("/models/school_readiness/score")
        self.page.get_by_label("Property reference of the household").fill(subject)
        self.page.get_by_role("button", name="Show the score").click()


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Opens windows on an address, and closes them."""
    contexts = []

    def opened(address: str, *, scripts: bool = True) -> Visit:
        context = chromium.new_context(
            viewport={"width": WIDTHS[0], "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        return Visit(context.new_page(), address)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def check(pictures: Path) -> Callable[[Visit, str, str], None]:
    """Holds a page to its heading, to no accessibility fault, to the screen's width and to our own address."""

    def checked(visit: Visit, heading: str, name: str) -> None:
        _check(visit, heading, pictures / f"{name}.png")

    return checked


def _check(visit: Visit, heading: str, picture: Path) -> None:
    visit.page.screenshot(path=picture, full_page=True)
    assert visit.page.get_by_role("heading", level=1).inner_text().strip() == heading
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
    wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"
    assert [url for url in visit.requests if not url.startswith(visit.address)] == []
    assert [text for text in visit.complaints if "ontent Security Policy" in text] == []
