"""Calibration followed from test date to test date."""

from types import SimpleNamespace

import pytest

from training.analyses.calibration_over_time import calibration_over_time
from training.experiment import run_experiment
from training.figures.evaluation import Estimate


def _training(*ratios):
    """A training whose chosen candidate's predicted over actual was this, a date each."""
    unknown = Estimate(None)
    splits = [
        SimpleNamespace(
            name=f"{2020 + place}-01-01",
            figures={
                "logistic": SimpleNamespace(
                    predicted_over_actual=ratio,
                    calibration_in_the_large=unknown,
                    calibration_slope=unknown,
                )
            },
        )
        for place, ratio in enumerate(ratios)
    ]
    chosen = SimpleNamespace(name="logistic")
    return SimpleNamespace(experiment=SimpleNamespace(splits=splits, chosen=chosen))


def test_a_date_off_beyond_chance_is_named_as_such():
    found = calibration_over_time(_training(Estimate(2.2, 1.8, 2.7), Estimate(0.9, 0.7, 1.2)))

    assert "2.20 on 2020-01-01, 0.90 on 2021-01-01" in found.sentences[0]
    assert "off beyond chance on 1 of 2" in found.sentences[0]


def test_dates_within_chance_are_not_held_against_it():
    (said,) = calibration_over_time(_training(Estimate(0.9, 0.7, 1.2))).sentences

    assert said.endswith("off on no date beyond chance.")


def test_too_few_outcomes_cannot_tell():
    (said,) = calibration_over_time(_training(Estimate(None))).sentences

    assert "cannot be told" in said


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_figure_is_drawn_over_the_test_dates(define, make_examples, label_years, place):
    experiment = run_experiment(define(), make_examples(), label_years()[:4])

    found = calibration_over_time(SimpleNamespace(experiment=experiment))

    ((_, figure),) = found.plots
    assert len(figure.axes[place].lines[0].get_xdata()) == len(experiment.splits)
    assert [each["test_as_of"] for each in found.figures["dates"]] == [
        result.name for result in experiment.splits
    ]
