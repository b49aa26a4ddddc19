"""Rows held from earlier extracts are shaped and judged by the contract of now."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from features.artefacts import read_table
from features.ingest.held_rows import judge_again
from features.ingest.intake import take_snapshot
from features.ingest.snapshot import read_snapshot, snapshot_folder, snapshot_manifest
from hearth.errors import DataError
from hearth.source_contract import Column

RUN_ON = date(2024, 7, 1)
HEADER = "complaint_id,uprn,heard_on,logged_on,topic,decibels\n"


def _rows(numbers):
    return "".join(
        f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,noise,{50 + n}\n" for n in numbers
    )


@pytest.fixture
def adding(small_council):
    """Change the columns of complaints, whose extracts add, and take an extract in."""
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    state = small_council.settings.state_dir

    def take(text, *, quarantine_at_most="50%", reordered=False, **columns):
        contract = yaml.safe_load(path.read_text())
        contract["read"]["each_extract"] = "adds"
        contract.setdefault("quality", {})["quarantine_at_most"] = quarantine_at_most
        contract["columns"] |= columns
        contract["columns"] = {n: c for n, c in contract["columns"].items() if c is not None}
        if reordered:
            contract["columns"] = dict(reversed(contract["columns"].items()))
        path.write_text(yaml.safe_dump(contract, sort_keys=False))
        small_council.write("complaints", text)
        source = small_council.catalogue.source("complaints")
        return take_snapshot(source, small_council.root, state, run_on=RUN_ON)

    take.held = lambda: read_snapshot(state, "complaints")
    take.folder = snapshot_folder(state, "complaints")
    take.manifest = lambda: snapshot_manifest(state, "complaints")
    return take


def test_a_new_column_that_may_be_missing_is_empty_in_the_rows_held(adding):
    adding(HEADER + _rows(range(4)))
    adding(HEADER + _rows(range(4)), agent={"type": "string", "missing": "allowed"})
    assert adding.held()["agent"].to_pylist() == [None] * 4
    wider = HEADER.replace("\n", ",agent\n") + _rows([4]).replace("\n", ",us\n")
    adding(wider)
    assert adding.held()["agent"].to_pylist() == [None] * 4 + ["us"]


def test_a_new_column_that_may_not_be_missing_is_refused_by_name(adding):
    adding(HEADER + _rows(range(4)))
    with pytest.raises(DataError) as error:
        adding(HEADER + _rows(range(4)), agent={"type": "string"})
    assert "`columns.agent` is new, and 4 rows held from earlier extracts lack it" in str(
        error.value
    )
    assert "delete .hearth/snapshots/complaints" in str(error.value)
    assert len(adding.held()) == 4


def test_a_column_taken_out_of_the_contract_leaves_the_rows_held(adding):
    wider = HEADER.replace("\n", ",agent\n") + _rows(range(4)).replace("\n", ",us\n")
    adding(wider, agent={"type": "string"})
    adding(wider, agent=None)
    assert "agent" not in adding.held().column_names
    assert adding(HEADER + _rows(range(3, 6))).rows == 6
    assert adding.manifest()["judged_again"][0]["dropped_columns"] == ["agent"]


def test_held_rows_that_break_a_narrower_rule_are_set_aside(adding):
    adding(HEADER + _rows(range(4)))
    narrow = {"type": "number", "range": [0, 51], "missing": "allowed"}
    result = adding(HEADER + _rows(range(4)), decibels=narrow)
    assert (result.rows, result.quarantined) == (2, 2)
    aside = read_table(adding.folder / "quarantine.parquet")
    reason = "held, and by the contract of 2024-07-01: decibels lies outside its range"
    assert aside["reasons"].to_pylist() == [reason] * 2
    assert aside["complaint_id"].to_pylist() == ["c2", "c3"]
    assert adding(HEADER + _rows([0, 1])).quarantined == 2
    assert adding.manifest()["judged_again"][0]["quarantined"] == 2


def test_a_rule_that_more_held_rows_break_than_allowed_is_refused(adding):
    adding(HEADER + _rows(range(4)))
    narrow = {"type": "number", "range": [0, 50], "missing": "allowed"}
    with pytest.raises(DataError) as error:
        adding(HEADER + _rows(range(4)), decibels=narrow)
    assert "`columns.decibels` lies outside its range in 3 of 4 rows held" in str(error.value)
    assert len(adding.held()) == 4


def test_held_rows_take_the_type_of_the_contract_of_now(adding):
    adding(HEADER + _rows(range(4)))
    adding(HEADER + _rows(range(4)), decibels={"type": "integer"}, heard_on={"type": "date"})
    assert adding.held()["decibels"].to_pylist() == [50, 51, 52, 53]
    assert str(adding.held().schema.field("decibels").type) == "int64"


def test_the_order_of_the_columns_is_no_change(adding):
    adding(HEADER + _rows(range(4)))
    assert adding(HEADER + _rows(range(3, 6)), reordered=True).rows == 6


def test_held_rows_alike_without_a_column_are_copies(adding, small_council):
    contract = small_council.catalogue.source("complaints").model_copy(update={"row_key": None})
    adding(HEADER + _rows([1]))
    twice = pa.concat_tables([adding.held()] * 2)
    again = _judged(contract, twice, ())
    assert (len(again.table), again.duplicates) == (1, 1)


def test_a_pseudonym_is_not_asked_to_be_a_number(adding, small_council):
    contract = small_council.catalogue.source("complaints")
    numbered = contract.columns | {"uprn": Column(type="integer", range=(0, 9))}
    contract = contract.model_copy(update={"columns": numbered})
    adding(HEADER + _rows(range(4)))
    held = adding.held()
    assert _judged(contract, held, ("uprn",)).table.select(held.column_names).equals(held)


def _judged(contract, held, pseudonymised):
    return judge_again(
        contract, held, run_on=RUN_ON, pseudonymised=pseudonymised, shown=Path("snapshots")
    )
