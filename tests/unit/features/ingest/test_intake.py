"""Extracts that add, correct, shrink or refer, and rows past their retention."""

from datetime import date

import pyarrow.parquet as pq
import pytest
import yaml

from features.ingest.intake import take_snapshot
from features.ingest.snapshot import (
    read_snapshot,
    refused_folder,
    snapshot_folder,
    snapshot_manifest,
)
from hearth.errors import DataError

HEADER = "complaint_id,uprn,heard_on,logged_on,topic,decibels\n"
RUN_ON = date(2024, 7, 1)


def _rows(numbers, *, uprn=100):
    return "".join(f"c{n},{uprn + n},2021-01-{n + 1:02d},2021-02-01,noise,60\n" for n in numbers)


@pytest.fixture
def contracted(small_council):
    """Change keys of the contract of complaints."""

    def change(**changes):
        path = small_council.root / "features" / "sources" / "complaints.yaml"
        contract = yaml.safe_load(path.read_text())
        for key, value in changes.items():
            place, _, inner = key.partition("__")
            if inner:
                contract.setdefault(place, {})[inner] = value
            else:
                contract[place] = value
        path.write_text(yaml.safe_dump(contract))

    return change


@pytest.fixture
def ingest(small_council):
    def of(text, *, run_on=RUN_ON, source="complaints", accept_shrink=False):
        small_council.write(source, text)
        catalogue = small_council.catalogue
        return take_snapshot(
            catalogue.source(source),
            small_council.root,
            small_council.settings.state_dir,
            run_on=run_on,
            sources=catalogue.sources,
            accept_shrink=accept_shrink,
        )

    return of


def _held(small_council, column="complaint_id"):
    table = read_snapshot(small_council.settings.state_dir, "complaints")
    return sorted(table[column].to_pylist())


def _manifest(small_council):
    return snapshot_manifest(small_council.settings.state_dir, "complaints")


def _changed(small_council):
    folder = snapshot_folder(small_council.settings.state_dir, "complaints")
    return pq.ParquetFile(folder / "changed_keys.parquet").read()["key"].to_pylist()


def test_an_extract_that_adds_keeps_the_rows_held(small_council, contracted, ingest):
    contracted(read__each_extract="adds")
    ingest(HEADER + _rows(range(4)))
    ingest(HEADER + _rows(range(3, 6)))
    assert _held(small_council) == [f"c{n}" for n in range(6)]
    extracts = _manifest(small_council)["extracts"]
    assert [(one["rows"], one["duplicates"]) for one in extracts] == [(4, 0), (2, 1)]


def test_an_extract_taken_in_before_adds_nothing(small_council, contracted, ingest):
    contracted(read__each_extract="adds")
    first, second = HEADER + _rows(range(4)), HEADER + _rows(range(4, 6))
    ingest(first)
    ingest(second)
    before = _manifest(small_council)["data_sha256"]
    ingest(first)
    assert _manifest(small_council)["data_sha256"] == before
    assert len(_manifest(small_council)["extracts"]) == 2


def test_a_row_key_that_is_held_already_is_set_aside(small_council, contracted, ingest):
    contracted(read__each_extract="adds", quality__quarantine_at_most="50%")
    ingest(HEADER + _rows(range(4)))
    result = ingest(HEADER + _rows([3], uprn=900) + _rows([4]))
    assert (result.rows, result.quarantined) == (5, 1)


def test_a_later_version_is_added_where_the_row_key_supersedes(small_council, contracted, ingest):
    contracted(read__each_extract="adds", supersedes="complaint_id")
    ingest(HEADER + _rows(range(4)))
    ingest(HEADER + _rows([3], uprn=900))
    assert _held(small_council) == ["c0", "c1", "c2", "c3", "c3"]


def test_the_changed_keys_are_those_whose_rows_differ(small_council, ingest):
    ingest(HEADER + _rows(range(4)))
    first = _manifest(small_council)
    assert first["changes"] is None
    ingest(HEADER + _rows(range(1, 4)) + _rows([4]) + _rows([5], uprn=96))
    assert _changed(small_council) == ["100", "101", "104"]
    assert _manifest(small_council)["changes"] == {
        "from": first["data_sha256"],
        "keys": 3,
        "new_keys": 1,
        "vanished_keys": 1,
    }


def test_rows_in_another_order_change_no_key(small_council, ingest):
    ingest(HEADER + _rows(range(4)))
    ingest(HEADER + _rows(reversed(range(4))))
    assert _manifest(small_council)["changes"] is None
    ingest(HEADER + _rows(range(5)))
    ingest(HEADER + _rows(reversed(range(5))))
    assert _changed(small_council) == ["104"]


def test_a_source_that_shrank_by_half_stops_until_somebody_accepts_it(small_council, ingest):
    ingest(HEADER + _rows(range(10)))
    with pytest.raises(DataError) as error:
        ingest(HEADER + _rows(range(4)))
    assert "4 usable rows, and the last extract had 10: 60% fewer" in str(error.value)
    assert "hearth ingest --accept-shrink complaints" in str(error.value)
    assert len(_held(small_council)) == 10
    assert ingest(HEADER + _rows(range(4)), accept_shrink=True).rows == 4


def test_a_refused_extract_leaves_its_rows_set_aside_to_be_looked_at(small_council, ingest):
    with pytest.raises(DataError, match=r"see .*quarantine"):
        ingest(HEADER + _rows(range(4)) + "b1,,2021-01-01,2021-02-01,noise,60\n")
    folder = refused_folder(small_council.settings.state_dir, "complaints")
    table = pq.ParquetFile(folder / "quarantine.parquet").read()
    assert table["reasons"].to_pylist() == ["uprn is missing"]
    ingest(HEADER + _rows(range(4)))
    assert not folder.exists()


def test_values_that_another_source_does_not_know_are_counted(small_council, contracted, ingest):
    reference = {"column": "uprn", "source": "homes", "at_most": "50%"}
    contracted(quality__references=[reference])
    ingest("uprn,lsoa,use,rooms,recorded_on\n100,E1,home,3,2020-01-01\n", source="homes")
    ingest(HEADER + _rows([0, 1]))
    with pytest.raises(DataError) as error:
        ingest(HEADER + _rows(range(4)))
    assert "names nothing that homes knows in 3 rows: 3, 4, 5, 75.00% of them" in str(error.value)


def test_a_source_referred_to_is_ingested_first(contracted, ingest):
    contracted(quality__references=[{"column": "uprn", "source": "homes"}])
    with pytest.raises(DataError, match="run `hearth ingest homes` first"):
        ingest(HEADER + _rows(range(4)))


def test_rows_past_their_retention_are_not_taken_in_nor_set_aside(
    small_council, contracted, ingest
):
    contracted(law__retention="3y")
    result = ingest(HEADER + _rows(range(10)), run_on=date(2024, 1, 6))
    assert (result.rows, result.expired, result.quarantined) == (5, 5, 0)
    assert _manifest(small_council)["next_expiry"] == "2024-01-07"


def test_retention_is_judged_again_on_the_first_run_of_a_month(contracted, ingest):
    contracted(law__retention="3y")
    text = HEADER + _rows(range(10))
    assert not ingest(text, run_on=date(2024, 1, 6)).up_to_date
    assert ingest(text, run_on=date(2024, 1, 31)).up_to_date
    assert ingest(text, run_on=date(2024, 2, 1)).rows == 0


def test_retention_that_takes_many_rows_for_good_stops_until_somebody_accepts_it(
    small_council, contracted, ingest
):
    contracted(read__each_extract="adds", law__retention="15y")
    text = HEADER + _rows(range(10))
    ingest(text, run_on=date(2024, 1, 7))
    contracted(law__retention="3y")
    with pytest.raises(DataError) as error:
        ingest(text, run_on=date(2024, 1, 7))
    assert "`law.retention` of 36 months lets go 6 of 10 rows held, for good: 60%" in str(
        error.value
    )
    assert "hearth ingest --accept-shrink complaints" in str(error.value)
    assert len(_held(small_council)) == 10
    assert ingest(text, run_on=date(2024, 1, 7), accept_shrink=True).rows == 4


def test_rows_past_retention_that_an_extract_brings_again_are_no_shrink(contracted, ingest):
    contracted(law__retention="15y")
    text = HEADER + _rows(range(10))
    ingest(text, run_on=date(2024, 1, 7))
    contracted(law__retention="3y")
    assert ingest(text, run_on=date(2024, 1, 7)).rows == 4
    contracted(law__retention="15y")
    assert ingest(text, run_on=date(2024, 1, 7)).rows == 10


def test_rows_that_come_past_their_retention_are_not_lost_by_it(contracted, ingest):
    contracted(read__each_extract="adds", law__retention="3y")
    ingest(HEADER + _rows([8, 9]), run_on=date(2024, 1, 7))
    assert ingest(HEADER + _rows(range(8)), run_on=date(2024, 1, 7)).rows == 4
