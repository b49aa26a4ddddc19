from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest

from training.analyses.selection_over_time import selection_over_time
from training.validation.splits import LabelPeriod


def of_dates(*precisions, rule="best_average"):
    """Training of a rule and trees whose precision at yearly test dates is given."""
    candidates = {"rule": SimpleNamespace(name="rule", complexity=0)}
    candidates["trees"] = SimpleNamespace(name="trees", complexity=2)
    days = [date(2020 + year, 1, 1) for year in range(len(precisions) + 1)]
    periods = [LabelPeriod(day, end, end) for day, end in pairwise(days)]
    splits = [
        SimpleNamespace(
            name=str(period.as_of),
            split=SimpleNamespace(test=period),
            figures={
                name: SimpleNamespace(precision_at_capacity=SimpleNamespace(value=value))
                for name, value in zip(candidates, pair, strict=True)
            },
            gaps={},
        )
        for period, pair in zip(periods, precisions, strict=True)
    ]
    selection = SimpleNamespace(metric="precision_at_capacity", rule=rule)
    experiment = SimpleNamespace(splits=splits, candidates=candidates, selection=selection)
    return SimpleNamespace(experiment=experiment)


def test_a_rule_of_choice_sees_earlier_test_dates_alone():
    found = selection_over_time(of_dates((0.5, 0.2), (0.1, 0.4), (0.2, 0.9)))

    average = found.figures["rules"]["best_average"]
    assert [pick["candidate"] for pick in average["picks"]] == ["rule", "rule"]
    assert average["mean_regret"] == pytest.approx((0.3 + 0.7) / 2)
    current = found.figures["rules"]["best_current"]
    assert [pick["candidate"] for pick in current["picks"]] == ["rule", "trees"]
    assert current["mean_regret"] == pytest.approx(0.15)


def test_the_regret_of_the_rule_declared_is_said_beside_the_least():
    (said,) = selection_over_time(of_dates((0.5, 0.2), (0.1, 0.4), (0.2, 0.9))).sentences

    assert "Chosen by best_average before each of 2 test dates was seen" in said
    assert "50.0 percentage points behind" in said
    assert "picked by best_current they would have been 15.0 behind" in said


def test_each_candidates_distance_from_the_best_is_kept_by_date():
    figures = selection_over_time(of_dates((0.5, 0.2), (0.1, None))).figures["distance_from_best"]

    assert figures["rule"] == {"mean": 0.0, "by_date": [0.0, None]}
    assert figures["trees"]["by_date"] == [pytest.approx(0.3), None]


def test_one_test_date_cannot_tell_what_a_rule_is_worth():
    found = selection_over_time(of_dates((0.5, 0.2)))

    assert found.figures["rules"]["best_average"]["mean_regret"] is None
    assert "cannot be told" in found.sentences[0]
    assert [name for name, _ in found.plots] == ["distance_from_best"]
