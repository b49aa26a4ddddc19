"""The contracts of docs/examples/open_data, on Lewisham's own files and on made-up rows of Sheffield's shape."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.commands import ingest
from features.ingest.snapshot import read_snapshot
from hearth.catalogue import load_catalogue
from hearth.errors import DataError
from hearth.settings import load_settings

ROOT = Path(__file__).resolve().parents[4]
LEWISHAM = ROOT / "tests" / "data" / "lewisham"
RUN_ON = date(2026, 11, 2)


@pytest.fixture
def taken(tmp_path):
    """Rows taken in from a source of the example's workspace, once its data are there."""
    shutil.copytree(ROOT / "docs" / "examples" / "open_data" / "features", tmp_path / "features")
    shutil.copytree(LEWISHAM, tmp_path / "data")

    def of(source):
        settings = load_settings(tmp_path)
        (result,) = ingest(
            load_catalogue(tmp_path),
            settings,
            run_on=RUN_ON,
            pseudonyms=None,
            sources=[source],
        )
        return result, read_snapshot(settings.state_dir, source).to_pylist()

    return of


def test_months_written_in_two_ways_are_read_as_their_first_days(taken):
    result, rows = taken("postcodes")
    assert (result.rows, result.quarantined) == (8419, 0)
    ended = [row for row in rows if row["terminated"] is not None]
    assert len(ended) == 8419 - 4969
    assert {row["terminated"].day for row in ended} == {1}


def test_counts_and_percentages_of_the_census_are_read(taken):
    result, tenure = taken("census_tenure")
    assert (result.rows, result.quarantined) == (887, 0)
    assert all(row["rented_from_council"] <= row["households"] for row in tenure)
    _, work = taken("census_work")
    assert all(99 < sum(v for k, v in row.items() if k != "oa11") < 101 for row in work)


def _register(path, **changes):
    days = ["2024-09-09", "2025-01-28", "2025-01-28"]
    held = {
        "address1": ["Flat 1", "", ""],
        "address2": ["12", None, "7"],
        "address3": ["Example Road", "12 Example Road", "Sample Street"],
        "postcode": ["S1 1AA"] * 3,
        "permitted_occupants": [5, 6, 4],
        "issue_date": pa.array([datetime.fromisoformat("2022-03-01")] * 3, pa.timestamp("ns")),
        "expiry_date": pa.array([datetime.fromisoformat("2027-02-28")] * 3, pa.timestamp("ns")),
        "licence_number": ["4001", "4001", "4002"],
        "snapshot": days,
    }
    pq.write_table(pa.table(held | changes), path / "sheffield_hmo_register_snapshots.parquet")


def test_copies_of_a_register_are_versions_of_its_licences(taken, tmp_path):
    _register(tmp_path / "data")
    result, rows = taken("hmo_register")
    assert (result.rows, result.quarantined) == (3, 0)
    versions = [row for row in rows if row["licence"] == "4001"]
    assert [row["permitted_occupants"] for row in versions] == [5, 6]
    assert versions[0]["issued_on"] == date(2022, 3, 1)
    assert versions[1]["address1"] is None


def test_a_licence_for_nobody_stops_so_small_a_register(taken, tmp_path):
    _register(tmp_path / "data", permitted_occupants=[5, 0, 4])
    with pytest.raises(DataError, match="`permitted_occupants` lies outside its range in row 2"):
        taken("hmo_register")
