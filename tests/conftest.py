"""What every test may ask for: a workspace of its own, a fixed clock, a browser, a database."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]

# `ci` is derandomised: the same commit always gets the same verdict. `deep` (make test-deep)
# searches afresh each time, and prints the blob that replays what it finds.
# No deadlines: two cores are shared by the workers, so a slow example is not a wrong one.
settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("ci")

_FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(autouse=True)
def _logs_as_they_are_by_default() -> None:
    """Undoes what an earlier test made of the logs: their level, and the stream they go to."""
    structlog.reset_defaults()


@pytest.fixture
def run_async() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """What a coroutine comes to, on a loop in a thread of its own: a browser may keep one in this thread."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()

    return run


def _load_plugin(config: pytest.Config, file: Path) -> None:
    """Fixtures kept in a file of their own, registered as a plugin."""
    spec = importlib.util.spec_from_file_location(f"hearth_test_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    config.pluginmanager.register(plugin, spec.name)


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixture files, and keep a caller's HEARTH_* settings out of the tests."""
    for name in [name for name in os.environ if name.startswith("HEARTH_")]:
        if not name.startswith("HEARTH_TEST_"):
            del os.environ[name]
    for file in sorted(_FIXTURES.glob("*.py")):
        _load_plugin(config, file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave `deep` tests to `make test-deep`."""
    if "deep" in config.getoption("markexpr"):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if not item.get_closest_marker("deep")]


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], None]:
    """Says that a real component is absent: a failure under CI=true, elsewhere a skip."""

    def say(component: str, remedy: str) -> None:
        reason = f"{component} is not on this machine; {remedy}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason} (under CI=true nothing may be missing)")
        pytest.skip(reason)

    return say


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace: `features/sources/` and `models/`, nothing in them."""
    (tmp_path / "features" / "sources").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that always says nine in the morning of 2 November 2026."""
    return lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository, itself a workspace."""
    return ROOT


@pytest.fixture(scope="session")
def chromium(missing: Callable[[str, str], None]) -> Iterator[Browser]:
    """A real Chromium, headless; one for the session."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        missing("Chromium", "install it with `apt-get install chromium`")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 only where a browser is there

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
