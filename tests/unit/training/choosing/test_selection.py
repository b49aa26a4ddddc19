from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from training.choosing.selection import select
from training.figures.evaluation import Estimate


@dataclass(frozen=True)
class Named:
    name: str
    complexity: int

    def fit(self, rows, positive):
        raise AssertionError


CANDIDATES = [Named("rule", 0), Named("logistic", 1), Named("lightgbm", 2)]


def date_with(rule, logistic, lightgbm):
    values = {"rule": rule, "logistic": logistic, "lightgbm": lightgbm}
    return {
        name: SimpleNamespace(precision_at_capacity=Estimate(value))
        for name, value in values.items()
    }


def chosen(*dates):
    return select(CANDIDATES, dates, "precision_at_capacity")


def test_the_highest_mean_over_test_dates_is_chosen():
    found = chosen(date_with(0.5, 0.2, 0.1), date_with(0.1, 0.3, 0.7))

    assert found.chosen == "lightgbm"
    assert found.means == pytest.approx({"rule": 0.3, "logistic": 0.25, "lightgbm": 0.4})


def test_of_candidates_that_are_level_the_simplest_is_chosen():
    assert chosen(date_with(0.3, 0.3, 0.3)).chosen == "rule"
    assert chosen(date_with(0.1, 0.1 + 0.2, 0.3)).chosen == "logistic"


def test_nobody_is_judged_on_easier_dates():
    found = chosen(date_with(0.2, 0.1, 0.3), date_with(0.9, 0.9, None))

    assert (found.chosen, found.dates) == ("lightgbm", 1)


def test_the_simplest_is_chosen_where_nothing_is_known():
    found = chosen(date_with(0.2, None, 0.3))

    assert (found.chosen, found.dates, found.means) == ("rule", 0, {})


def test_the_choice_says_that_it_flatters():
    assert "chosen on the same test dates" in chosen(date_with(0.1, 0.2, 0.3)).as_json()["note"]


def test_the_rule_of_the_definition_chooses():
    dates = [date_with(0.1, 0.2, 0.9), date_with(0.1, 0.4, 0.3)]

    found = select(CANDIDATES, dates, "precision_at_capacity", rule="best_current")

    assert (found.chosen, found.as_json()["rule"]) == ("logistic", "best_current")
