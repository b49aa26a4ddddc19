"""Bad input: each message says file, place, what was found and what to do, and nothing half-written stays."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HEADER = "complaint_id,uprn,made_on,logged_on,category,decibels,upheld,note\n"
ROWS = [f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,music,60,true,\n" for n in range(20)]
GOOD = HEADER + "".join(ROWS)
FILE = "data/complaints.csv"


@pytest.fixture
def council(made):
    """A workspace with a good extract of each source."""
    made.text(FILE, GOOD)
    rows = {"uprn": [str(100 + n) for n in range(20)], "tenure": ["rented"] * 20}
    table = pa.table({**rows, "floors": [2] * 20, "built_on": pa.nulls(20, pa.date32())})
    pq.write_table(table, made.root / "data" / "register.parquet")
    return made


def _state(council):
    """Every path of the state, with what each file holds, but for the record of refusals."""
    root = council.root / ".hearth"
    paths = [p for p in sorted(root.rglob("*")) if p.relative_to(root).parts[0] != "refused"]
    return {path: path.read_bytes() if path.is_file() else None for path in paths}


def _swapped(row, before, after):
    return HEADER + "".join([*ROWS[:row], ROWS[row].replace(before, after), *ROWS[row + 1 :]])


CONTRACT, DEFINITION = "features/sources/complaints.yaml", "models/noisy_homes/model.yaml"
LAW = [
    (
        "an unknown key",
        lambda made: made.source("complaints", {"colour": "red"}),
        (CONTRACT, "`colour`", "is an unknown key", "remove it"),
    ),
    (
        "a source without a contract",
        lambda made: made.model("noisy_homes", {"features.0.source": "asb_reports"}),
        (DEFINITION, "`features[0].source`", "asb_reports", "features/sources/asb_reports.yaml"),
    ),
    (
        "a purpose not allowed",
        lambda made: made.source("complaints", {"law.purposes": ["licensing"]}),
        (CONTRACT, "`law.purposes`", "does not allow housing_standards", "have the purpose agreed"),
    ),
    (
        "an expired agreement",
        lambda made: made.source("complaints", {"law.agreement.expires": "2026-11-02"}),
        (CONTRACT, "`law.agreement.expires`", "has expired", "renew the agreement"),
    ),
    (
        "a wrong type",
        lambda made: made.source("complaints", {"columns.decibels.range": "loud"}),
        (CONTRACT, "`columns.decibels.range`", "", "write"),
    ),
]


@pytest.mark.parametrize(("change", "told"), [c[1:] for c in LAW], ids=[c[0] for c in LAW])
@pytest.mark.parametrize("command", [("check",), ("build", "noisy_homes")], ids=" ".join)
def test_a_faulty_file_is_named_with_its_key_and_remedy_and_nothing_is_built(
    hearth, council, change, told, command
):
    hearth("ingest")
    change(council)
    before = _state(council)
    ended = hearth(*command)
    assert (ended.code, ended.out) == (1, "")
    assert [part for part in told if part not in ended.err] == []
    assert _state(council) == before


def test_all_faults_of_all_files_are_told_together(hearth, council):
    for _, change, _ in LAW[:2]:
        change(council)
    council.source("register", {"kind": "list"})
    told = hearth("check").err
    for file in (CONTRACT, DEFINITION, "features/sources/register.yaml"):
        assert file in told


FILES = [
    ("an empty file", "", ("is empty", "ask for the extract again")),
    ("a header alone", HEADER, ("no rows", "ask for the extract again")),
    ("a missing column", GOOD.replace("logged_on", "log"), ("`logged_on`", "lacks", "read.rename")),
    ("another encoding", GOOD.encode("utf-16"), ("is not text in utf-8", "read.encoding")),
]


@pytest.mark.parametrize(("held", "told"), [c[1:] for c in FILES], ids=[c[0] for c in FILES])
def test_a_file_that_cannot_be_used_is_refused_and_the_last_snapshot_stays(
    hearth, council, held, told
):
    hearth("ingest")
    before = _state(council)
    council.text(FILE, held)
    ended = hearth("ingest")
    assert ended.code == 1
    assert [part for part in (FILE, *told) if part not in ended.err] == []
    assert _state(council) == before
    kept = (council.root / ".hearth/refused").rglob("*.*")
    assert {path.name for path in kept} <= {"refusal.json", "quarantine.parquet"}


def test_a_file_that_is_not_there_is_named(hearth, council):
    (council.root / FILE).unlink()
    ended = hearth("ingest", "complaints")
    assert ended.code == 1
    assert (
        ended.err
        == f"{FILE}: is not there; put the extract there, or mend read.file in its contract\n"
    )
    assert not (council.root / ".hearth" / "snapshots").exists()


def test_a_parquet_file_cut_short_is_refused_and_nothing_of_it_stays(hearth, council):
    file = council.root / "data" / "register.parquet"
    file.write_bytes(file.read_bytes()[:-20])
    ended = hearth("ingest", "register")
    assert ended.code == 1
    assert "data/register.parquet: is not a whole Parquet file; it may be cut short" in ended.err
    assert [path for path in _state(council) if "register" in path.name] == []


def test_a_gzip_file_cut_short_is_refused(hearth, council):
    council.source("complaints", {"read.file": f"{FILE}.gz"})
    council.text(f"{FILE}.gz", gzip.compress(GOOD.encode())[:-20])
    ended = hearth("ingest", "complaints")
    assert ended.code == 1
    assert f"{FILE}.gz: is not a whole gzip file; it may be cut short" in ended.err


def test_an_extract_that_fails_does_not_keep_others_out(hearth, council):
    council.text(FILE, "")
    assert hearth("ingest").code == 1
    assert (council.root / ".hearth" / "snapshots" / "register" / "manifest.json").exists()
    assert not (council.root / ".hearth" / "snapshots" / "complaints").exists()


VALUES = [
    ("a wrong type", _swapped(3, ",60,", ",loud,"), "`decibels` is not a number in row 5"),
    ("an unseen category", _swapped(3, "music", "drums"), "`category` is none of the contract's categories in row 5"),
    ("a value out of range", _swapped(3, ",60,", ",600,"), "`decibels` lies outside its range in row 5"),
    ("a date in the future", _swapped(3, "2021-02-01", "2027-02-01"), "`logged_on` is in the future in row 5"),
    ("a missing value", _swapped(3, "2021-02-01", ""), "`logged_on` is missing in row 5"),
    ("a duplicated key", _swapped(3, "c3,", "c2,"), "`complaint_id` stands on more than one row in 2 rows: 4, 5"),
    ("a row cut short", _swapped(3, ",music,60,true,", ""), "has too few or too many fields in row 5"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "told"), [c[1:] for c in VALUES], ids=[c[0] for c in VALUES])
def test_more_unusable_rows_than_the_contract_allows_stop_the_ingest(hearth, council, held, told):
    hearth("ingest")
    before = _state(council)
    council.text(FILE, held)
    ended = hearth("ingest")
    assert ended.code == 1
    assert f"{FILE}: {told}" in ended.err
    assert "its contract allows 1.00%; have the extract mended, or agree another" in ended.err
    after = _state(council)
    assert {path: held for path, held in after.items() if "refused" not in path.parts} == before


@pytest.mark.parametrize(("held", "told"), [c[1:] for c in VALUES], ids=[c[0] for c in VALUES])
def test_unusable_rows_that_the_contract_allows_for_are_set_aside_and_counted(
    hearth, council, held, told
):
    council.source("complaints", {"quality": {"quarantine_at_most": "10%"}})
    council.text(FILE, held)
    ended = hearth("ingest", "complaints", "--json")
    assert ended.code == 0, ended.err
    (taken,) = ended.json
    assert taken["quarantined"] == (2 if "more than one row" in told else 1)
    assert taken["rows"] + taken["quarantined"] == 20


def test_no_message_repeats_what_a_row_holds(hearth, council):
    council.text(FILE, _swapped(3, ",60,", ",Mrs Smith of 4 High Street,"))
    ended = hearth("ingest")
    assert "Smith" not in ended.err + ended.out


def test_a_setting_that_does_not_exist_is_refused(hearth, council):
    council.text("hearth.toml", 'colour = "red"\n')
    ended = hearth("check")
    assert ended.code == 1
    assert "`colour`" in ended.err


def test_building_before_ingesting_says_what_to_run(hearth, council):
    ended = hearth("build", "noisy_homes")
    assert ended.code == 1
    assert "run `hearth ingest`" in ended.err
    assert not (council.root / ".hearth" / "matrices").exists()


def test_training_before_building_says_what_to_run(hearth, council):
    ended = hearth("train", "noisy_homes")
    assert ended.code == 1
    assert "hearth build" in ended.err
    assert not (council.root / ".hearth" / "runs").exists()
