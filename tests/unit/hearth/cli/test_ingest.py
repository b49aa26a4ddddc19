"""`hearth ingest`: what it says of every source, and how it ends."""

import shutil

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


def test_an_extract_whose_agreement_has_expired_is_not_taken_in(hearth, council):
    agreement = {"reference": "DSA-7", "expires": "2026-11-02"}
    council.source("complaints", {"law.agreement": agreement})
    ended = hearth("ingest", "complaints")
    assert ended.code == 1
    assert "is 2026-11-02: DSA-7 has expired; renew the agreement" in ended.err
    assert not (council.root / ".hearth/snapshots/complaints").exists()


def test_sources_are_taken_in_beside_one_whose_agreement_has_expired(hearth, council):
    council.source("register", {"law.agreement": {"reference": "DSA-7", "expires": "2026-11-01"}})
    ended = hearth("ingest")
    assert "complaints: 20 rows" in ended.out
    assert "DSA-7 has expired" in ended.err


def test_an_agreement_that_ends_tomorrow_still_holds(hearth, council):
    council.source("complaints", {"law.agreement": {"reference": "DSA-7", "expires": "2026-11-03"}})
    assert hearth("ingest", "complaints").code == 0


def test_expired_agreements_and_unreadable_extracts_are_told_together(hearth, council):
    council.source("complaints", {"law.agreement": {"reference": "DSA-7", "expires": "2026-11-01"}})
    told = hearth("ingest").err
    assert "DSA-7 has expired" in told
    assert "data/register.parquet: is not there" in told


def test_extracts_missing_with_their_folder_are_one_fault_that_names_the_synthetic_council(
    hearth, council
):
    shutil.move(council.root / "data", council.root / "elsewhere")
    ended = hearth("ingest")
    assert ended.code == 1
    (told,) = ended.err.strip().splitlines()
    assert told.startswith("data: is not there, and 2 sources read files in it; put the extracts")
    assert told.endswith("if it is the synthetic council, run: hearth synthesise --out data")
