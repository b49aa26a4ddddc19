"""Snapshots used before they were known, and leaks that a definition declares."""

from typing import Any

import pytest


def test_a_snapshot_used_before_it_was_known_is_refused(made: Any) -> None:
    made.source("register", {"known_on": "2020-06-06"})
    found = "a snapshot known on 2020-06-06, but the first as-of date is 2019-01-01"
    assert made.faults() == [
        f"models/noisy_homes/model.yaml: `cohort.source` is register, {found}; "
        "start as_of on 2020-06-07 or later",
        f"models/noisy_homes/model.yaml: `features[1].source` is register, {found}; "
        "start as_of on 2020-06-07 or later, or declare assume_known_from with date and because",
    ]


def _snapshot_workspace(made: Any, **changes: Any) -> None:
    """Cohort by complaints, so that only the feature group uses the snapshot too early."""
    made.source("register", {"known_on": "2020-06-06"})
    cohort = {"cohort": {"source": "complaints"}}
    group = {f"features.1.{key}": value for key, value in changes.items()}
    made.model("noisy_homes", {**cohort, **group})


LEAK = {"date": "2019-01-01", "because": "Tenure seldom changes within three years."}


def test_a_declared_leak_lets_a_snapshot_be_used_early(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from=LEAK)
    assert made.load().model("noisy_homes").features[1].assume_known_from is not None


def test_a_leak_declared_from_too_late_is_refused(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from={**LEAK, "date": "2020-01-01"})
    assert made.faults() == [
        "models/noisy_homes/model.yaml: `features[1].assume_known_from.date` is 2020-01-01, "
        "after the first as-of date 2019-01-01; declare 2019-01-01, or start as_of later"
    ]


def test_a_leak_declared_without_its_reason_is_refused(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from={**LEAK, "because": "ok"})
    assert made.faults()[0].endswith("is too short; write at least 20 characters")


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (0, "complaints says when it was known"),
        (1, "register was known by the first as-of date"),
    ],
)
def test_a_leak_that_is_none_is_not_declared(made: Any, group: int, reason: str) -> None:
    fault = made.only_fault({f"features.{group}.assume_known_from": LEAK})
    place = f"features[{group}].assume_known_from"
    assert fault == f"`{place}` is not needed: {reason}; remove it"
