"""A new version is approved, and one withdrawn, while clients ask two workers."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.slow


def version_of(asked):
    return int(asked.body["model"]["version"])


def goes_back(asked):
    """Answers of an older version to requests sent after one of a newer version was answered."""
    newest, waiting, found = 0, list(asked), []
    for one in sorted(asked, key=lambda each: each.sent):
        while waiting and waiting[0].answered < one.sent:
            newest = max(newest, version_of(waiting.pop(0)))
        if version_of(one) < newest:
            found.append(one)
    return found


def approve_new_versions(council, publisher, model_maker, versions, pause):
    made = {3: None}
    for version in versions:
        time.sleep(pause)
        model = model_maker(seed=version, rows=400)
        publisher(council.engine, model, version=str(version))
        made[version] = (model.sha256, time.monotonic())
    time.sleep(pause)
    return made


def check_the_change(council, serve, publisher, model_maker, end_load, versions, pause):
    served = serve(2)
    asking = served.under_load()
    made = approve_new_versions(council, publisher, model_maker, versions, pause)
    asked = end_load(asking)
    assert {one.status for one in asked} == {201}
    assert {version_of(one) for one in asked} == set(made)
    assert goes_back(asked) == []
    for version in versions:
        sha256, approved = made[version]
        named = {one.body["model"]["sha256"] for one in asked if version_of(one) == version}
        assert named == {sha256}
        assert [one for one in asked if one.sent > approved and version_of(one) < version] == []
    return asked


def withdraw(council):
    now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    change = text(
        "update approvals set state = 'withdrawn', closed_at = :now where state = 'approved'"
    )
    with council.engine.begin() as connection:
        connection.execute(change, {"now": now})


def test_a_new_version_is_used_from_the_next_request_on_and_no_request_fails(
    council, serve, publisher, model_maker, end_load
):
    check_the_change(council, serve, publisher, model_maker, end_load, versions=[4], pause=1.5)


def test_a_withdrawn_version_gives_no_score_from_the_next_request_on(council, serve, end_load):
    served = serve(2)
    asking = served.under_load()
    withdraw(council)
    withdrawn = time.monotonic()
    time.sleep(1.5)
    asked = end_load(asking)
    assert {one.status for one in asked if one.sent < withdrawn} <= {201, 409}
    assert {one.status for one in asked if one.sent > withdrawn} == {409}


@pytest.mark.deep
def test_many_versions_follow_each_other_and_no_request_fails(
    council, serve, publisher, model_maker, end_load, record_testsuite_property
):
    asked = check_the_change(
        council, serve, publisher, model_maker, end_load, versions=range(4, 24), pause=3
    )
    seconds = asked[-1].answered - asked[0].sent
    record_testsuite_property("requests", f"{len(asked)} over {seconds:.0f} s and 20 changes")
    assert len(asked) > 1_000
