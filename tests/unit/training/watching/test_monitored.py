"""What of a version in use is an alarm, and what is not."""

from datetime import date

import numpy as np
import pytest

from training.figures.evaluation import Estimate
from training.watching.drift import Drift
from training.watching.monitored import Mature, Monitored, Scored


def _monitored(**changes):
    now = Scored(date(2024, 1, 1), ["a"], np.zeros(1), np.full(1, 0.4), np.ones(1, dtype=bool))
    still = Drift("score", "psi", 0.0, 0.2, (0.0, 0.0), False, ())
    given = {
        "name": "homes@1", "then": date(2023, 1, 1), "now": now, "features": (), "score": still,
        "tested": Estimate(0.4, 0.3, 0.5), "tested_base_rate": (0.1, 1_000), "expected": (0.4, 0.7),
        "expected_then": 0.4, "mature": (), "selection": (), "says_who_was_visited": False,
    }  # fmt: skip
    return Monitored(**{**given, **changes})


def _mature(precision, visited=None, base_rate=0.1):
    return Mature(date(2023, 1, 1), (base_rate, 1_000), precision, visited)


def test_a_version_that_does_as_tested_raises_no_alarm():
    assert _monitored(mature=(_mature(Estimate(0.38, 0.3, 0.5)),)).alarms() == []


@pytest.mark.parametrize(("expected", "alarms"), [(0.35, 0), (0.25, 1)])
def test_a_foreseen_fall_is_an_alarm_where_it_is_beyond_what_was_tested(expected, alarms):
    assert len(_monitored(expected=(expected, 0.7)).alarms()) == alarms


def test_a_fall_among_the_visited_is_no_alarm():
    visited = _mature(Estimate(0.4, 0.3, 0.5), visited=Estimate(0.05, 0.01, 0.1))

    found = _monitored(mature=(visited,), says_who_was_visited=True)

    assert found.alarms() == []
    assert any("a visit may have averted" in note for note in found.notes())


def test_a_fall_among_those_not_visited_is_an_alarm():
    found = _monitored(mature=(_mature(Estimate(0.1, 0.05, 0.15)),), says_who_was_visited=True)

    assert any("of those not visited, is 10%" in alarm for alarm in found.alarms())


def test_a_fall_is_no_alarm_where_nobody_says_who_was_visited():
    assert _monitored(mature=(_mature(Estimate(0.1, 0.05, 0.15)),)).alarms() == []


def test_a_base_rate_that_doubled_is_an_alarm():
    (alarm,) = _monitored(mature=(_mature(Estimate(0.4, 0.3, 0.5), base_rate=0.2),)).alarms()

    assert alarm == "base rate at 2023-01-01 is 20.0%, and was 10.0% when tested"
