import pytest

from hearth.definition import Success
from training.bar import judge
from training.comparison import Difference

BAR = Success(beats=("rule",), no_worse_than=("logistic",), lift_at_least=2)


def ahead(against, low, high, metric="precision_at_capacity"):
    middle = None if low is None else (low + high) / 2
    return Difference("lightgbm", against, metric, middle, low, high)


def verdict(*differences, chosen="lightgbm", lift=3.0, bar=BAR):
    return judge(bar, chosen, differences, {"2020-01-01": lift})


def test_a_candidate_ahead_of_the_rule_with_its_whole_interval_meets_the_bar():
    assert verdict(ahead("rule", 0.01, 0.1), ahead("logistic", -0.1, 0.1)).met


@pytest.mark.parametrize("low", [-0.01, 0.0, None])
def test_a_rule_is_not_beaten_while_the_interval_reaches_zero_or_is_unknown(low):
    high = None if low is None else 0.1
    assert not verdict(ahead("rule", low, high), ahead("logistic", -0.1, 0.1)).met


def test_a_candidate_wholly_behind_is_worse():
    found = verdict(ahead("rule", 0.01, 0.1), ahead("logistic", -0.2, -0.1))

    assert [line.met for line in found.lines] == [True, False, True]
    assert "15.0 percentage points behind logistic" in found.lines[1].detail


def test_a_lift_below_the_bar_is_missed_and_says_where_it_was_lowest():
    lifts = {"2020-01-01": 2.5, "2021-01-01": 1.0, "2022-01-01": None}

    line = judge(Success(lift_at_least=2), "lightgbm", [], lifts).lines[-1]

    assert line.met is False
    assert line.detail == "1.75 on average over 2 test dates, lowest 1.00 at 2021-01-01"


def test_an_unknown_lift_does_not_meet_the_bar():
    assert not verdict(lift=None, bar=Success()).met


def test_a_candidate_is_not_asked_to_beat_itself():
    found = verdict(chosen="rule", bar=Success(beats=("rule",)))

    assert found.lines[0].met is None
    assert found.met


def test_a_bar_of_recall_is_judged_by_recall():
    bar = Success(metric="recall_at_capacity", beats=("rule",))
    by_precision = ahead("rule", 0.1, 0.2)
    by_recall = ahead("rule", -0.2, -0.1, "recall_at_capacity")

    line = verdict(by_precision, by_recall, bar=bar).lines[0]

    assert line.rule == "beats rule by recall at capacity"
    assert line.met is False
