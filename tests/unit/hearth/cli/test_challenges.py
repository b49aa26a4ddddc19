"""Listing challenges at the machine: what is overdue, and nothing that people wrote."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from hearth.cli import context
from hearth.storage.engine import writing
from hearth.storage.schema import challenges, scores

OLD, NEW = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def listed(hearth, small_council):
    """Two open challenges, one long overdue; lists them."""
    row = {"ground": "unfair", "statement": "MARK-statement", "opened_by": "a", "state": "opened"}
    with writing(context.Context(small_council.settings).records) as connection:
        connection.execute(
            insert(scores).values(
                score_id=OLD, model="damp", version="1", as_of=date(2026, 1, 1), payload={},
                created_at=datetime(2026, 1, 1, tzinfo=UTC), key_id="a",
            )
        )  # fmt: skip
        for identifier, year in ((OLD, 2020), (NEW, 2100)):
            connection.execute(
                insert(challenges).values(
                    challenge_id=identifier, score_id=OLD, **row,
                    opened_at=datetime(year, 1, 1, tzinfo=UTC), acknowledge_by=date(year, 1, 30),
                )
            )  # fmt: skip
    return lambda *options: hearth("challenges", "list", *options)


def test_open_challenges_are_listed_with_those_overdue(listed):
    told = listed()
    assert told.code == 0
    assert "2 open, 1 overdue" in told.out
    assert told.out.index(OLD) < told.out.index(NEW)


def test_only_those_overdue_are_listed_if_asked(listed):
    told = listed("--overdue")
    assert OLD in told.out
    assert NEW not in told.out


def test_no_words_of_anybody_are_listed(listed):
    found = json.loads(listed("--json", "--closed").out)
    assert [one["challenge_id"] for one in found] == [OLD, NEW]
    assert "MARK-statement" not in json.dumps(found)
    assert "statement" not in found[0]
