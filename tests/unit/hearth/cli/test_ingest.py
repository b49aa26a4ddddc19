"""`hearth ingest`: what it says of every source, and how it ends."""

import pytest

COMPLAINTS = "complaint_id,uprn,made_on,logged_on,category,decibels,upheld,note\n" + "".join(
    f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,music,60,true,\n" for n in range(20)
)


@pytest.fixture
def council(made):
    """A workspace with a good extract of complaints, and none of the register."""
    made.text("data/complaints.csv", COMPLAINTS)
    return made


def test_what_became_of_the_others_is_said_before_the_error(hearth, council):
    ended = hearth("ingest")
    assert ended.code == 1
    assert "complaints: 20 rows" in ended.out
    assert "Ingested 1 source" in ended.out
    assert "register" in ended.err


def test_a_machine_is_told_what_became_of_the_others_too(hearth, council):
    ended = hearth("ingest", "--json")
    assert ended.code == 1
    assert [each["source"] for each in ended.json] == ["complaints"]
