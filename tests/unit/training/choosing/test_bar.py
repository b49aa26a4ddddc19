from types import SimpleNamespace

import pytest

from hearth.definition import CalibrationLimits, Success
from training.choosing.bar import judge
from training.figures.comparison import Difference
from training.figures.evaluation import Estimate

BAR = Success(beats=("rule",), no_worse_than=("logistic",), lift_at_least=2)


def ahead(against, low, high, metric="precision_at_capacity"):
    middle = None if low is None else (low + high) / 2
    return Difference("lightgbm", against, metric, middle, low, high)


RIGHT = Estimate(1.0, 0.9, 1.1)


def figures(lift=3.0, ratio=RIGHT, slope=RIGHT):
    return SimpleNamespace(
        lift=Estimate(lift), predicted_over_actual=ratio, calibration_slope=slope
    )


def verdict(*differences, chosen="lightgbm", lift=3.0, bar=BAR):
    return judge(bar, chosen, differences, {"2020-01-01": figures(lift)})


def calibration_line(*ratios, within=(0.8, 1.25)):
    bar = Success(calibration=CalibrationLimits(predicted_over_actual=within))
    dates = {f"{2020 + i}-01-01": figures(ratio=ratio) for i, ratio in enumerate(ratios)}
    return judge(bar, "lightgbm", [], dates).lines[-1]


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


def test_no_worse_is_said_to_be_not_shown_to_be_worse():
    found = verdict(ahead("rule", 0.01, 0.1), ahead("logistic", -0.2, 0.1))

    assert found.lines[1].detail.startswith("not shown to be worse: lightgbm is 5.0 percentage")


def test_a_lift_below_the_bar_is_missed_and_says_where_it_was_lowest():
    lifts = {"2020-01-01": 2.5, "2021-01-01": 1.0, "2022-01-01": None}

    by_date = {date: figures(lift) for date, lift in lifts.items()}
    line = judge(Success(lift_at_least=2), "lightgbm", [], by_date).lines[-1]

    assert line.met is False
    assert line.detail == "1.75 on average over 2 test dates, lowest 1.00 at 2021-01-01"


def test_an_unknown_lift_does_not_meet_the_bar():
    assert not verdict(lift=None, bar=Success()).met


def test_a_candidate_is_not_asked_to_beat_itself():
    found = verdict(chosen="rule", bar=Success(beats=("rule",)))

    assert found.lines[0].met is None
    assert found.lines[0].detail == "rule is itself the candidate chosen"
    assert found.met


def test_a_bar_of_recall_is_judged_by_recall():
    bar = Success(metric="recall_at_capacity", beats=("rule",))
    by_precision = ahead("rule", 0.1, 0.2)
    by_recall = ahead("rule", -0.2, -0.1, "recall_at_capacity")

    line = verdict(by_precision, by_recall, bar=bar).lines[0]

    assert line.rule == "beats rule by recall at capacity"
    assert line.met is False


def test_calibration_within_its_limits_on_average_is_met_and_says_where_it_was_worst():
    line = calibration_line(Estimate(1.3, 1.0, 1.6), Estimate(1.0, 0.8, 1.2))

    assert (line.rule, line.met) == ("predicted over actual from 0.8 to 1.25", True)
    assert line.detail.startswith("1.15 on average over 2 test dates, farthest from 1 1.30 at 2020")


def test_two_years_that_err_in_opposite_ways_are_not_right_on_average():
    line = calibration_line(Estimate(1.6, 1.3, 1.9), Estimate(0.5, 0.4, 0.6))

    assert line.met is False
    assert "whole interval on 2020-01-01, 2021-01-01" in line.detail


def test_a_mean_outside_the_limits_is_missed_though_each_interval_reaches_them():
    assert calibration_line(Estimate(1.4, 0.9, 2.0), Estimate(1.3, 0.9, 1.9)).met is False


def test_a_calibration_nobody_can_know_does_not_meet_the_bar():
    assert calibration_line(Estimate(None)).met is False


def test_the_slope_is_judged_by_its_own_limits():
    bar = Success(calibration=CalibrationLimits(slope=(0.7, 1.4)))
    flat = {"2020-01-01": figures(slope=Estimate(0.4, 0.3, 0.5))}

    assert judge(bar, "lightgbm", [], flat).lines[-1].met is False
    assert judge(bar, "lightgbm", [], {"2020-01-01": figures()}).met


def test_the_line_about_groups_is_left_to_the_fairness_report():
    line = verdict(bar=Success(fairness="no_concern")).lines[-1]

    assert line.met is None
    assert "judged by the fairness report" in line.detail
