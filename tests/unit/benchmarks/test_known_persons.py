"""Copies of made-up people in two public lists are found without labels."""

import importlib
from pathlib import Path

import pytest


@pytest.fixture
def find_copies(monkeypatch):
    """Finds the copies of a list, with or without its identifying number."""
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    return importlib.import_module("known_persons").find_copies


@pytest.mark.parametrize(("with_number", "least"), [(True, 0.998), (False, 0.99)])
def test_the_copies_of_febrl3_are_found(find_copies, with_number, least):
    found = find_copies("febrl3", with_number=with_number)
    assert found["true_pairs"] == 6538
    assert found["f1"] >= least


@pytest.mark.parametrize(("with_number", "least"), [(True, 0.92), (False, 0.78)])
def test_badly_written_copies_are_found_and_few_others(find_copies, with_number, least):
    found = find_copies("fake_1000", with_number=with_number)
    assert found["precision"] >= 0.95
    assert found["f1"] >= least
