from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from training.analyses.decision_curves import decision_curves
from training.analyses.list_overlap import list_overlap
from training.experiment import run_experiment
from training.logged.plots import experiment_figures


@pytest.fixture
def training(define, make_examples, label_years):
    definition = define({"label.schedule": "daily"})
    made = make_examples()
    visits = made.as_of + np.arange(len(made)) % 300
    examples = replace(
        made, found_on=np.where(made.outcomes.observed, visits, np.datetime64("NaT"))
    )
    experiment = run_experiment(definition, examples, label_years()[:3])
    return SimpleNamespace(definition=definition, examples=examples, experiment=experiment)


def test_a_decision_curve_is_drawn_for_each_test_date(training):
    found = decision_curves(training)

    splits = [result.name for result in training.experiment.splits]
    assert [name for name, _ in found.plots] == [f"decision_curve_{split}" for split in splits]
    assert found.figures["splits"].keys() == set(splits)
    assert "worth more than visiting everybody or nobody" in found.sentences[0]


def test_every_two_lists_are_laid_side_by_side(training):
    found = list_overlap(training)

    names = len(training.experiment.splits[0].scores)
    assert len(found.figures["mean"]) == names * (names - 1) / 2
    assert all(0 <= each["jaccard"] <= each["kept"] <= 1 for each in found.figures["mean"].values())
    assert found.sentences[0].startswith(f"The list of {training.experiment.chosen.name} shares")


def test_plots_have_a_title_and_named_axes(training):
    plots = dict(experiment_figures(training.experiment))

    assert "days_earlier_over_time" in plots
    for figure in plots.values():
        (axes,) = figure.axes
        assert axes.get_title()
        assert axes.get_xlabel()
        assert axes.get_ylabel()


def test_plots_name_the_one_put_forward_and_draw_it_broadest(training):
    plots = dict(experiment_figures(training.experiment))

    for name in (next(iter(plots)), "precision_at_capacity_over_time"):
        lines = plots[name].axes[0].get_lines()[: len(training.experiment.splits[0].scores)]
        told = [drawn for drawn in lines if str(drawn.get_label()).endswith("(put forward)")]
        assert len(told) == 1
        assert told[0].get_linewidth() == max(drawn.get_linewidth() for drawn in lines)


def test_days_earlier_are_measured_where_there_is_a_schedule_only(
    training, define, make_examples, label_years
):
    other = run_experiment(define(), make_examples(), label_years()[:3])

    assert training.experiment.splits[0].figures["lightgbm"].days_earlier.low is not None
    assert other.splits[0].figures["lightgbm"].days_earlier.value is None
