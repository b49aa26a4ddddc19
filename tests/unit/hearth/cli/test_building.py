"""Building and refreshing: what was done is told, and why all had to be done again."""

from __future__ import annotations

import pytest


@pytest.fixture
def council(small_council):
    small_council.ingest()
    return small_council


def test_a_build_that_was_skipped_says_so(hearth, council):
    assert "Built letting: " in hearth("build", "letting").out
    assert "letting is up to date: " in hearth("build", "letting").out


def test_a_refresh_of_all_says_why(hearth, council):
    hearth("build", "letting")
    told = hearth("refresh", "letting", "--as-of", "2026-11-02")
    assert "all are computed: the store held it as known at 2" in told.out
    model = council.root / "models" / "letting" / "model.yaml"
    model.write_text(model.read_text().replace("title: ", "title: New ", 1))
    assert "all are computed: its definition has changed" in hearth("refresh", "letting").out


def test_a_refresh_of_what_is_filled_by_the_whole_cohort_says_so(hearth, council):
    model = council.root / "models" / "letting" / "model.yaml"
    filled = "    follow: address\n    fill_missing: cohort_median\n"
    model.write_text(model.read_text().replace("    follow: address\n", filled, 1))
    hearth("refresh", "letting", "--as-of", "2022-10-01")
    council.add("complaints", "c9,100,2022-09-20,2022-09-21,noise,91")
    hearth("ingest")
    told = hearth("refresh", "letting", "--json").json
    assert told[0]["why_all"].endswith("cohort_median, which is taken of the whole cohort")
