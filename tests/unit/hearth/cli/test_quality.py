"""`hearth quality`: what it says of sources, and where the reports lie."""

import json

import pytest

ROWS = "".join(f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,music,60,true,\n" for n in range(20))


@pytest.fixture
def council(made):
    """A workspace with a good extract of complaints."""
    header = "complaint_id,uprn,made_on,logged_on,category,decibels,upheld,note\n"
    made.text("data/complaints.csv", header + ROWS)
    return made


def test_it_says_what_to_look_at_and_where_the_report_lies(hearth, council):
    hearth("ingest", "complaints")
    ended = hearth("quality", "complaints")
    assert ended.code == 0
    assert "complaints: .hearth/snapshots/complaints/quality.html" in ended.out
    assert (council.root / ".hearth/snapshots/complaints/quality.html").exists()


def test_it_gives_machines_every_figure(hearth, council):
    hearth("ingest", "complaints")
    told = json.loads(hearth("quality", "--json").out)
    assert list(told) == ["complaints"]
    assert told["complaints"]["completeness"]["uprn"] == 1.0


def test_a_source_that_was_never_ingested_has_no_quality(hearth, council):
    ended = hearth("quality", "complaints")
    assert ended.code == 1
    assert "complaints: not ingested yet; run `hearth ingest`" in ended.err


def test_it_says_that_an_extract_was_refused_since_and_why(hearth, council):
    hearth("ingest", "complaints")
    council.text("data/complaints.csv", "not,what,it,was\n")
    hearth("ingest", "complaints")
    told = hearth("quality").out
    assert "An extract of complaints was refused on 2026-11-02; nothing newer is held" in told
    assert "data/complaints.csv" in told
    refused = json.loads(hearth("quality", "--json").out)["complaints"]["refused"]
    assert refused["on"] == "2026-11-02"
    assert refused["because"]


def test_a_refusal_is_forgotten_once_the_extract_of_before_is_back(hearth, council):
    hearth("ingest", "complaints")
    good = (council.root / "data/complaints.csv").read_text()
    council.text("data/complaints.csv", "not,what,it,was\n")
    hearth("ingest", "complaints")
    council.text("data/complaints.csv", good)
    hearth("ingest", "complaints")
    assert "refused" not in hearth("quality", "complaints").out


def test_a_source_whose_only_extract_was_refused_says_why_it_has_no_quality(hearth, council):
    council.text("data/complaints.csv", "not,what,it,was\n")
    hearth("ingest", "complaints")
    ended = hearth("quality", "complaints")
    assert ended.code == 1
    assert "An extract of complaints was refused on 2026-11-02" in ended.err
