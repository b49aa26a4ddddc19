from datetime import date

import pyarrow as pa
import pytest

from features.ingest.coerce import coerce
from hearth.source_contract import Column, Read

READ = Read(file="x.csv", dates="%d/%m/%Y", missing_values=("", "N/A"))


@pytest.mark.parametrize(
    ("kind", "texts", "values", "bad"),
    [
        (
            "number",
            ["1.50", "-2", "1e3", "1,000", "ten", "inf", "N/A"],
            [1.5, -2, 1000, None, None, None, None],
            [3, 4, 5],
        ),
        ("integer", ["7", "07", "1999.0", "1.5", ""], [7, 7, 1999, None, None], [3]),
        (
            "date",
            ["29/02/2024", "29/02/2023", "2024-02-29"],
            [date(2024, 2, 29), None, None],
            [1, 2],
        ),
        ("boolean", ["Yes", "n", "TRUE", "0", "maybe"], [True, False, True, False, None], [4]),
        (
            "uprn",
            ["000123", "990000000005", "0", "12345678901234", "12.0"],
            ["123", "990000000005", None, None, "12"],
            [2, 3],
        ),
        ("string", [" a b ", "N/A"], ["a b", None], []),
    ],
)
def test_text_becomes_a_value_or_is_bad(kind, texts, values, bad):
    result = coerce(pa.array(texts), Column(type=kind), READ)
    assert result.values.to_pylist() == values
    assert result.bad.nonzero()[0].tolist() == bad


def test_a_missing_value_is_not_a_bad_one():
    result = coerce(pa.array([None, "N/A"], pa.string()), Column(type="number"), READ)
    assert result.values.to_pylist() == [None, None]
    assert not result.bad.any()


def test_a_day_with_a_time_is_its_day():
    stamps = pa.array([1_700_000_000], pa.timestamp("s"))
    assert coerce(stamps, Column(type="date"), READ).values.to_pylist() == [date(2023, 11, 14)]
