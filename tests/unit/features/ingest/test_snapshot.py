import gzip
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.ingest.intake import take_snapshot
from features.ingest.snapshot import (
    read_snapshot,
    snapshot_folder,
    snapshot_manifest,
)
from hearth.errors import DataError

HEADER = "complaint_id,uprn,heard_on,logged_on,topic,decibels\n"
GOOD = HEADER + "".join(
    f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,noise,60\n" for n in range(20)
)


@pytest.fixture
def ingest(small_council):
    def of(text, run_on=date(2024, 7, 1), source="complaints"):
        small_council.write(source, text)
        contract = small_council.catalogue.source(source)
        return take_snapshot(
            contract, small_council.root, small_council.settings.state_dir, run_on=run_on
        )

    return of


@pytest.fixture
def tolerant(small_council):
    """The contract of complaints, allowing a half of the rows to be unusable."""
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    path.write_text(path.read_text() + "quality: {quarantine_at_most: 50%}\n")
    return small_council


def _faults(error):
    return {(fault.place, fault.found) for fault in error.value.faults}


def _quarantine(small_council, source="complaints"):
    path = snapshot_folder(small_council.settings.state_dir, source) / "quarantine.parquet"
    return pq.ParquetFile(path).read().to_pylist()


def test_a_good_extract_is_taken_in_by_type(small_council, ingest):
    assert ingest(GOOD).rows == 20
    table = read_snapshot(small_council.settings.state_dir, "complaints")
    assert table.schema.field("heard_on").type == pa.date32()
    assert table["decibels"].to_pylist()[0] == 60.0


def test_exact_copies_of_a_row_are_dropped_and_counted(ingest):
    result = ingest(GOOD + GOOD.splitlines()[1] + "\n")
    assert (result.rows, result.duplicates, result.quarantined) == (20, 1, 0)


def test_rows_that_break_a_rule_are_set_aside_with_their_reasons(tolerant, ingest):
    bad = "\n".join(
        [
            "b1,abc,2021-01-01,2021-02-01,noise,60",
            "b2,100,2021-02-30,2021-02-01,noise,60",
            "b3,100,2021-01-01,2021-02-01,music,60",
            "b4,100,2021-01-01,2021-02-01,noise,150",
            "b5,100,2021-01-01,2021-02-01,,loud",
            "b6,100,2021-01-01,2025-02-01,noise,60",
            "b7,100,0024-01-01,2021-02-01,noise,60",
        ]
    )
    assert ingest(GOOD + bad + "\n").quarantined == 7
    assert {row["complaint_id"]: row["reasons"] for row in _quarantine(tolerant)} == {
        "b1": "uprn is not a uprn",
        "b2": "heard_on is not a date",
        "b3": "topic is none of the contract's categories",
        "b4": "decibels lies outside its range",
        "b5": "topic is missing; decibels is not a number",
        "b6": "logged_on is in the future",
        "b7": "heard_on is before 1850",
    }
    assert [row["row"] for row in _quarantine(tolerant)] == list(range(22, 29))


def test_two_different_rows_of_one_key_known_on_one_day_are_both_set_aside(tolerant, ingest):
    clash = "c0,100,2021-01-01,2021-02-01,damp,60\n"
    result = ingest(GOOD + clash)
    assert (result.rows, result.quarantined) == (19, 2)
    assert {row["reasons"] for row in _quarantine(tolerant)} == {
        "complaint_id stands on more than one row"
    }


def test_a_row_learned_later_does_not_take_away_the_one_of_its_key(tolerant, ingest):
    result = ingest(GOOD + "c0,100,2021-01-01,2021-02-02,damp,60\n")
    assert (result.rows, result.quarantined) == (20, 1)
    assert [row["row"] for row in _quarantine(tolerant)] == [22]


def test_a_column_that_stands_twice_is_refused(ingest):
    lines = [f"{line},x" for line in GOOD.splitlines()]
    lines[0] = f"{HEADER.strip()},uprn"
    with pytest.raises(DataError) as error:
        ingest("\n".join(lines) + "\n")
    assert _faults(error) == {("uprn", "is a column the file has twice")}


def test_a_row_with_too_few_fields_is_set_aside_by_its_number(tolerant, ingest):
    lines = GOOD.splitlines()
    result = ingest("\n".join([*lines[:3], "c99,100", *lines[3:]]) + "\n")
    assert (result.rows, result.quarantined) == (20, 1)
    assert [row["row"] for row in _quarantine(tolerant)] == [4]


def test_too_many_unusable_rows_stop_the_build_with_every_fault(small_council, ingest):
    bad = "b1,,2021-01-01,2021-02-01,noise,60\nb2,100,soon,2021-02-01,noise,999\n"
    with pytest.raises(DataError) as error:
        ingest(GOOD + bad)
    assert _faults(error) == {
        ("uprn", "is missing in row 22"),
        ("heard_on", "is not a date in row 23"),
        ("decibels", "lies outside its range in row 23"),
        ("", "has 2 unusable rows of 22; its contract allows 1.00%"),
        ("", "had 2 rows set aside, with their reasons"),
    }
    assert "soon" not in str(error.value)
    assert not snapshot_folder(small_council.settings.state_dir, "complaints").exists()


def test_a_failed_ingest_leaves_the_snapshot_before_it(small_council, ingest):
    ingest(GOOD)
    with pytest.raises(DataError):
        ingest(HEADER)
    assert len(read_snapshot(small_council.settings.state_dir, "complaints")) == 20
    left = [p.name for p in snapshot_folder(small_council.settings.state_dir, "x").parent.iterdir()]
    assert left == ["complaints"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "is empty: it has not even a header"),
        (HEADER, "holds a header and no rows"),
        (GOOD.encode().replace(b"noise", b"caf\xe9"), "is not text in utf-8: row 2"),
    ],
    ids=["empty", "header only", "encoding"],
)
def test_a_file_that_cannot_be_used_says_so(ingest, text, found):
    with pytest.raises(DataError) as error:
        ingest(text)
    assert _faults(error) == {("", found)}


def test_every_missing_column_is_named(ingest):
    with pytest.raises(DataError) as error:
        ingest(GOOD.replace("uprn", "UPRN", 1).replace("topic", "kind", 1))
    assert {fault.place for fault in error.value.faults} == {"uprn", "topic"}


def test_a_file_that_is_not_there_says_where_it_was_sought(small_council):
    (small_council.root / "data" / "complaints.csv").unlink()
    with pytest.raises(DataError, match=r"data/complaints\.csv: is not there"):
        small_council.ingest("complaints")


def test_faults_of_all_extracts_are_reported_together(small_council):
    small_council.write("complaints", "")
    small_council.write("homes", "")
    with pytest.raises(DataError) as error:
        small_council.ingest()
    assert {fault.file for fault in error.value.faults} == {"data/complaints.csv", "data/homes.csv"}


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_parquet_file_cut_short_is_refused(small_council, cut):
    _as_file(small_council, "parquet")
    path = small_council.root / "data" / "complaints.parquet"
    pq.write_table(pa.table({"uprn": ["1"]}), path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(DataError, match="is not a whole Parquet file"):
        small_council.ingest("complaints")


def test_a_gzip_file_cut_short_is_refused(small_council):
    _as_file(small_council, "csv.gz")
    path = small_council.root / "data" / "complaints.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode())[:-40])
    with pytest.raises(DataError, match="is not a whole gzip file"):
        small_council.ingest("complaints")


def test_encoding_and_date_format_are_those_of_the_contract(small_council, ingest):
    path = small_council.root / "features" / "sources" / "homes.yaml"
    text = path.read_text().replace(
        "2024-06-30}", '2024-06-30, encoding: cp1252, delimiter: ";", dates: "%d/%m/%Y"}'
    )
    path.write_text(text)
    ingest(
        "uprn;lsoa;use;rooms;recorded_on\n0100;Caf\xe9;home;4;31/01/2015\n".encode("cp1252"),
        source="homes",
    )
    (row,) = read_snapshot(small_council.settings.state_dir, "homes").to_pylist()
    assert row == {
        "uprn": "100",
        "lsoa": "Café",
        "use": "home",
        "rooms": 4,
        "recorded_on": date(2015, 1, 31),
    }


def test_text_in_a_parquet_file_is_read_by_the_same_rules(small_council):
    _as_file(small_council, "parquet")
    columns = {
        "complaint_id": [1, 2],
        "uprn": [100.0, 200.0],
        "heard_on": ["2021-01-01", "2021-01-02"],
        "logged_on": ["2021-02-01", "2021-02-01"],
        "topic": [" noise ", "damp"],
        "decibels": [float("nan"), 70],
    }
    pq.write_table(pa.table(columns), small_council.root / "data" / "complaints.parquet")
    small_council.ingest("complaints")
    table = read_snapshot(small_council.settings.state_dir, "complaints")
    assert table["uprn"].to_pylist() == ["100", "200"]
    assert table["topic"].to_pylist() == ["noise", "damp"]
    assert table["decibels"].to_pylist() == [None, 70.0]


def test_the_order_of_the_rows_changes_nothing(small_council, ingest):
    ingest(GOOD)
    before = snapshot_manifest(small_council.settings.state_dir, "complaints")["data_sha256"]
    header, *rows = GOOD.splitlines()
    ingest("\n".join([header, *reversed(rows)]) + "\n")
    assert (
        snapshot_manifest(small_council.settings.state_dir, "complaints")["data_sha256"] == before
    )


def test_an_unchanged_extract_is_not_read_again(small_council, ingest):
    assert not ingest(GOOD).up_to_date
    assert ingest(GOOD).up_to_date
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    path.write_text(path.read_text().replace("[0, 140]", "[0, 130]"))
    assert not ingest(GOOD).up_to_date


def test_a_day_that_was_in_the_future_is_judged_again_once_it_has_come(tolerant, ingest):
    text = GOOD + "b1,100,2021-01-01,2023-01-05,noise,60\n"
    assert ingest(text, run_on=date(2023, 1, 1)).quarantined == 1
    assert ingest(text, run_on=date(2023, 1, 5)).quarantined == 0


def test_columns_of_no_contract_are_left_behind_and_named(small_council, ingest):
    lines = [line + ",x" for line in GOOD.replace("decibels\n", "decibels\n").splitlines()]
    lines[0] = HEADER.strip() + ",telephone"
    ingest("\n".join(lines) + "\n")
    manifest = snapshot_manifest(small_council.settings.state_dir, "complaints")
    assert manifest["ignored_columns"] == ["telephone"]
    assert (
        "telephone"
        not in read_snapshot(small_council.settings.state_dir, "complaints").column_names
    )


def _as_file(small_council, ending):
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    path.write_text(path.read_text().replace("complaints.csv", f"complaints.{ending}"))


def test_rows_of_one_key_are_kept_where_they_are_versions(small_council, ingest):
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    path.write_text(path.read_text() + "supersedes: complaint_id\n")
    result = ingest(GOOD + "c0,100,2021-01-01,2021-02-02,damp,60\n")
    assert (result.rows, result.quarantined) == (21, 0)
