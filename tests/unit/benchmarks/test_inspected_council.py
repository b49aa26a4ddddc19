"""Figures corrected for who was looked at, on made-up councils beside their planted truth."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from features.synthetic.scenario import DependsOn


@pytest.fixture
def judged(monkeypatch, tmp_path):
    """Judges councils of some seeds by the policy of their officers."""
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    judge = importlib.import_module("inspected_council").judge_council

    def of(policy, seeds, households):
        folder = tmp_path / "council"
        return [
            judge(folder, policy, seed=seed, households=households, by_lot=False) for seed in seeds
        ]

    return of


def errors(found, figure, way):
    return np.mean(
        [abs(one["figures"][figure][way] - one["figures"][figure]["truth"]) for one in found]
    )


def holds(found):
    return [
        low <= one["truth"] <= high
        for each in found
        for one in each["figures"].values()
        for low, high in [one["bounds"]]
    ]


def test_the_correction_is_nearer_the_truth_where_recorded_things_decide(judged):
    found = judged(DependsOn.RECORDED, range(1, 4), 800)
    assert errors(found, "base_rate", "weighted") < errors(found, "base_rate", "plain")
    assert all(holds(found))


def test_nothing_can_be_told_where_unrecorded_things_decide_and_the_bounds_hold(judged):
    found = judged(DependsOn.UNRECORDED, range(1, 4), 800)
    assert all(one["cannot_tell"] for one in found)
    assert all(holds(found))


@pytest.mark.deep
@pytest.mark.parametrize("figure", ["precision", "base_rate"])
def test_over_twenty_seeds_the_correction_is_nearer_the_truth(judged, figure):
    found = judged(DependsOn.RECORDED, range(1, 21), 6_000)
    assert errors(found, figure, "corrected") < errors(found, figure, "plain")


@pytest.mark.deep
def test_over_twenty_seeds_nothing_can_be_told_of_tips_and_the_bounds_hold(judged):
    found = judged(DependsOn.UNRECORDED, range(1, 21), 6_000)
    assert all(one["cannot_tell"] for one in found)
    assert all(holds(found))
