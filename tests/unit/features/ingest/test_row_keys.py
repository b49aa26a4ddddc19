"""Rows that replace other rows: chains are kept, circles and unknown rows are set aside."""

import pyarrow as pa
import pytest

from features.ingest.row_keys import replacement_findings
from hearth.source_contract import SourceContract


@pytest.fixture
def contract(made) -> SourceContract:
    made.source("complaints", {"supersedes": "note"})
    return made.load().source("complaints")


def _found(contract, rows, held=None):
    def table(of):
        schema = pa.schema({"complaint_id": pa.string(), "note": pa.string()})
        return pa.Table.from_pylist(
            [{"complaint_id": row, "note": old} for row, old in of], schema=schema
        )

    findings = replacement_findings(contract, table(rows), held and table(held))
    return {f.reason: [rows[i][0] for i in f.rows.nonzero()[0]] for f in findings if f.rows.any()}


def test_a_chain_of_replacements_is_kept(contract):
    chain = [("a", None), *((chr(c), chr(c - 1)) for c in range(ord("b"), ord("z")))]
    assert _found(contract, chain) == {}


def test_a_circle_of_replacements_is_found_with_all_that_lead_into_it(contract):
    rows = [("a", "c"), ("b", "a"), ("c", "b"), ("d", "a"), ("e", "e"), ("f", None)]
    assert _found(contract, rows) == {"leads back to the row itself": ["a", "b", "c", "d", "e"]}


def test_a_row_that_replaces_one_that_is_not_there_is_found(contract):
    assert _found(contract, [("a", None), ("b", "x")]) == {"names a row that is not there": ["b"]}


def test_a_row_may_replace_one_held_from_an_earlier_extract(contract):
    assert _found(contract, [("b", "x")], held=[("x", None)]) == {}
