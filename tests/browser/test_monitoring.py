"""The monitoring page in a real browser: gathered, with alarms and withheld counts, and not gathered yet."""

from __future__ import annotations

from datetime import date

import pytest

from governance.disclosure.control import disclosure_policy
from governance.human_use.alarms import use_alarms
from governance.human_use.figures import use_in_figures
from governance.human_use.recorded import Challenged, Decided, Recorded
from hearth.audit_log import AuditLog
from hearth.kept_figures import keep_figures
from hearth.storage.engine import writing

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
DAY = date(2026, 11, 2)
DRIFT = {
    "as_of": "2026-10-01",
    "alarms": [],
    "selection": [
        {"attribute": "sex_of_child", "group": "F", "then": 0.05, "now": 0.06, "ratio": 1.2, "moved": False},
        {"attribute": "sex_of_child", "group": "X", "then": None, "now": None, "ratio": None, "moved": None},
    ],
}  # fmt: skip


def decided(number, *, team, outcome="agree", dwell=90.0):
    return [Decided(None, "E01", team, outcome, DAY, dwell)] * number


@pytest.fixture(scope="module")
def overseen(live_council):
    """The council, once somebody gathered what people made of its scores."""
    council, address = live_council
    made = (
        *decided(60, team="Early help, north"),
        *decided(30, team="Early help, north", outcome="override"),
        *decided(80, team="Early help, south", dwell=4.0),
        *decided(2, team="Early help, south", outcome="override"),
        *decided(40, team="Duty desk"),
        *decided(9, team="Duty desk", outcome="override", dwell=None),
    )
    challenged = [Challenged("opened", "unfair", is_overdue=True)] * 7
    use = use_in_figures(
        Recorded(900, 31, made, tuple(challenged)),
        {"Team": [one.team for one in made], "Month": ["2026-10", "2026-11"] * (len(made) // 2) + ["2026-11"] * (len(made) % 2),
         "Ethnic group": ["White British"] * (len(made) - 2) + ["Roma"] * 2},
        disclosure_policy("dfe"),
        {"Ethnic group": ["Roma", "White British"]},
    )  # fmt: skip
    found = {"version": "3", "use": use, "drift": DRIFT, "alarms": list(use_alarms(use))}
    audit = AuditLog(council.engine, council.clock)
    with writing(council.engine) as connection:
        keep_figures(
            connection, "oversight", "school_readiness", "3", found, actor="operator", audit=audit
        )
    return council, address


@pytest.mark.parametrize("model", ["school_readiness", "warm_homes"])
def test_the_monitoring_page_is_accessible_and_fits_the_screen(model, visit, overseen, check):
    council, address = overseen
    window = visit(address)
    window.sign_in(council.keys["board_member"])
    window.go(f"/models/{model}/monitoring")
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        check(window, "Monitoring", f"monitoring_{model}_{width}")


def test_the_monitoring_page_shows_alarms_days_left_and_marks_what_is_withheld(visit, overseen):
    council, address = overseen
    window = visit(address, scripts=False)
    window.sign_in(council.keys["board_member"])
    window.go("/models/school_readiness")
    window.page.get_by_role("link", name="See the monitoring").click()
    text = window.page.inner_text("main")
    assert "was not acknowledged by its day" in text
    assert "31 December 2027: 424 days from today" in text
    assert "gathered on 2 November 2026" in text
    assert "[c]" in text
    assert "Sex of child: F" in text
    assert "Too few decisions to say anything by ethnic group." in text
    assert "Roma" not in text
