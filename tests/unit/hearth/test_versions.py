"""What a contract may say of corrections: `supersedes`, `withdrawn` and `read.each_extract`."""

from __future__ import annotations

from typing import Any

import pytest

VERSIONS = {"supersedes": "complaint_id"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"supersedes": "old_id"},
            "`supersedes` is old_id, which is not among the columns; add it to columns",
        ),
        (
            {"supersedes": "decibels"},
            "`supersedes` is decibels, a number, but complaint_id is a string; give both one type",
        ),
        (
            {"supersedes": "note", "columns.note.missing": "refused"},
            "`supersedes` is note, which no row may leave empty; make columns.note.missing allowed, "
            "as a first version replaces nothing",
        ),
        (
            {**VERSIONS, "row_key": None},
            "`supersedes` stands without row_key; name the column that names the row",
        ),
        (
            {"withdrawn": {"column": "upheld", "is": True}},
            "`withdrawn` stands without supersedes, which says what record a row takes back; add it",
        ),
        (
            {**VERSIONS, "withdrawn": {"column": "status", "is": "deleted"}},
            "`withdrawn.column` is status, which is not among the columns; add it to columns",
        ),
        (
            {**VERSIONS, "withdrawn": {"column": "category", "is": "deleted"}},
            "`withdrawn.is` is deleted, which category never holds; use one of music, building",
        ),
        (
            {"read": {"file": "a.csv", "each_extract": "appends"}},
            '`read.each_extract` is "appends"; use one of replaces, adds',
        ),
    ],
)
def test_versions_that_cannot_be_told_apart_are_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    made.source("complaints", changes)
    assert made.faults() == [f"features/sources/complaints.yaml: {fault}"]


def test_versions_need_the_day_each_was_known(made: Any) -> None:
    lag = {"period": "14d", "because": "Letters are opened weekly."}
    made.source("complaints", {**VERSIONS, "knowledge_date": None, "recording_lag": lag})
    (fault,) = made.faults()
    assert "`supersedes` stands without knowledge_date" in fault


def test_rows_of_one_key_are_versions_only_where_the_key_supersedes(made: Any) -> None:
    assert not made.load().source("complaints").has_versions
    made.source("complaints", {"supersedes": "note"})
    assert not made.load().source("complaints").has_versions
    made.source("complaints", VERSIONS)
    assert made.load().source("complaints").has_versions
