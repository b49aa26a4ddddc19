"""Files that are written oddly and are whole: every row is read, to the values meant."""

import gzip
from datetime import date

import pyarrow as pa
import pytest

from features.ingest import csv_records
from features.ingest.extract import read_extract
from hearth.errors import DataError
from hearth.source_contract import SourceContract

HEADER = "ref,on,amount,note"
GOOD = f"{HEADER}\nc1,2024-01-01,1.5,one\nc2,2024-01-02,2,two\n"
TYPES = {"ref": "string", "on": "date", "amount": "number", "note": "string"}
READ = {
    "ref": ["c1", "c2"],
    "on": [date(2024, 1, 1), date(2024, 1, 2)],
    "amount": [1.5, 2.0],
    "note": ["one", "two"],
}


@pytest.fixture
def read(tmp_path):
    """What is read of bytes in a file of this name, by a contract that says this of it."""

    def of(held, *, file="c.csv", columns=None, **said):
        (tmp_path / file).write_bytes(held.encode() if isinstance(held, str) else held)
        return read_extract(_contract(columns or {}, file=file, **said), tmp_path)

    return of


def _contract(columns, **read):
    types = {name: {"type": kind, "missing": "allowed"} for name, kind in TYPES.items()}
    return SourceContract.model_validate(
        {
            "source": "complaints",
            "title": "Complaints",
            "description": "One row a complaint.",
            "kind": "event",
            "read": read,
            "about": "property",
            "key": "ref",
            "event_date": "on",
            "recording_lag": {"period": "1d", "because": "they are typed in overnight"},
            "law": {
                "controller": "Example Borough Council",
                "lawful_basis": "public_task",
                "power": "Housing Act 2004, s. 3",
                "purposes": ["housing_standards"],
                "retention": "6y",
            },
            "columns": types | columns,
        }
    )


def _values(extract):
    assert not any((one.bad | one.inexact).any() for one in extract.columns.values())
    return {name: one.values.to_pylist() for name, one in extract.columns.items()}


WHOLE = [
    ("as it should be", GOOD, {}),
    ("without a final line end", GOOD.rstrip(), {}),
    ("CRLF", GOOD.replace("\n", "\r\n"), {}),
    ("bare CR", GOOD.replace("\n", "\r"), {}),
    ("bare CR without a final one", GOOD.replace("\n", "\r").rstrip(), {}),
    ("three sorts of line end", GOOD.replace("\n", "\r\n", 1).replace("one\n", "one\r"), {}),
    ("blank lines", "\n\n" + GOOD.replace("\n", "\n\n") + "\n\n", {}),
    ("rows of delimiters alone", GOOD + ",,,\n,,,\n", {}),
    ("a delimiter at every end", GOOD.replace("\n", ",\n"), {}),
    ("a delimiter at every end but the header's", GOOD.replace("one", "one,").replace("two", "two,"), {}),
    ("more columns than the contract's", GOOD.replace("\n", ",x\n"), {}),
    ("columns in another order", "on,note,ref,amount\n2024-01-01,one,c1,1.5\n2024-01-02,two,c2,2\n", {}),
    ("two blank header names", GOOD.replace("\n", ",,\n"), {}),
    ("every field in quotes", "\n".join(",".join(f'"{f}"' for f in row.split(",")) for row in GOOD.split()), {}),
    ("spaces around values", GOOD.replace(",2024", " , 2024").replace("one", "  one "), {}),
    ("spaces that do not break", GOOD.replace("one", "\u00a0one\u00a0").replace("1.5", "1.5\u00a0"), {}),
    ("a mark, and utf-8", b"\xef\xbb\xbf" + GOOD.encode(), {}),
    ("a mark, and utf-8-sig", b"\xef\xbb\xbf" + GOOD.encode(), {"encoding": "utf-8-sig"}),
    ("utf-16", GOOD.encode("utf-16"), {"encoding": "utf-16"}),
    ("utf-16, the great end first", b"\xfe\xff" + GOOD.encode("utf-16-be"), {"encoding": "utf-16"}),
    ("cp1252", GOOD, {"encoding": "cp1252"}),
    ("latin-1", GOOD, {"encoding": "latin-1"}),
    ("semicolons", GOOD.replace(",", ";"), {"delimiter": ";"}),
    ("tabs", GOOD.replace(",", "\t"), {"delimiter": "\t"}),
    ("bars", GOOD.replace(",", "|"), {"delimiter": "|"}),
    ("gzip", gzip.compress(GOOD.encode()), {"file": "c.csv.gz"}),
    ("gzip in two members", gzip.compress(GOOD[:30].encode()) + gzip.compress(GOOD[30:].encode()), {"file": "c.csv.gz"}),
    ("a title above", f"Complaints\nto, 2024\n{GOOD}", {"skip_rows": 2}),
    ("another name for a column", GOOD.replace("note", "The Note"), {"rename": {"The Note": "note"}}),
    ("dates written in two ways", GOOD.replace("2024-01-02", "02/01/2024"), {"dates": ["%Y-%m-%d", "%d/%m/%Y"]}),
    ("dates in words", GOOD.replace("2024-01-01", "1 Jan 2024").replace("2024-01-02", "2 January 2024"), {"dates": ["%d %b %Y", "%d %B %Y"]}),
    ("dates of two-digit years", GOOD.replace("2024-01-0", "24010"), {"dates": "%y%m%d"}),
    ("dates with times", GOOD.replace("-01,", "-01 23:59:59,").replace("-02,", "-02 00:00:00,"), {"dates": "%Y-%m-%d %H:%M:%S"}),
    ("dates some of which have times", GOOD.replace("-01,", "-01T23:59,"), {"dates": ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]}),
    ("dates with times of 12 hours", GOOD.replace("2024-01-01", "1/1/2024 3:04 PM").replace("2024-01-02", "2/1/2024 9:00 AM"), {"dates": "%d/%m/%Y %I:%M %p"}),
    ("numbers in pounds", GOOD.replace("1.5", "£1.50").replace(",2,", ",£ 2,"), {"numbers": "£1,234.56"}),
    ("a decimal comma", GOOD.replace("1.5", '"1,5"'), {"numbers": "1.234,56"}),
    ("a number in scientific notation", GOOD.replace("1.5", "15e-1"), {}),
    ("numbers with signs and noughts", GOOD.replace("1.5", "+001.500"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("held", "said"), [c[1:] for c in WHOLE], ids=[c[0] for c in WHOLE])
def test_an_oddly_written_file_is_read_to_the_values_meant(read, held, said):
    assert _values(read(held, **said)) == READ


FIELDS = [
    ("a line end in quotes", '"Flat 1\nHigh Street"', "note", "Flat 1\nHigh Street"),
    ("a CRLF in quotes", '"Flat 1\r\nHigh Street"', "note", "Flat 1\nHigh Street"),
    ("a delimiter in quotes", '"Flat 1, High Street"', "note", "Flat 1, High Street"),
    ("doubled quotes", '"the ""Flat"""', "note", 'the "Flat"'),
    ("a lone quote in a field", '5" pipe', "note", '5" pipe'),
    ("quotes with nothing in them", '""', "note", None),
    ("an apostrophe", "O'Neill", "note", "O'Neill"),
    ("smart quotes", "“Flat”", "note", "“Flat”"),
    ("an emoji", "🏠", "note", "🏠"),
    ("a tab", "a\tb", "note", "a\tb"),
    ("64 thousand letters", "x" * 65_536, "note", "x" * 65_536),
]


@pytest.mark.parametrize(
    ("written", "column", "value"), [f[1:] for f in FIELDS], ids=[f[0] for f in FIELDS]
)
def test_a_text_is_read_as_it_was_meant(read, written, column, value):
    extract = read(f"{HEADER}\nc1,2024-01-01,1.5,{written}\nc2,2024-01-02,2,two\n")
    assert _values(extract)[column] == [value, "two"]
    assert extract.numbers.tolist() == [2, 3 + written.count("\n")]


NUMBERS = [
    ("1234.56", ["1234.56", "-5", ".5", "5."], [1234.56, -5, 0.5, 5]),
    ("1,234.56", ["1,234.56", "1234.56", "12,345,678", "-1,000"], [1234.56, 1234.56, 12345678, -1000]),
    ("£1,234.56", ["£1,234.56", "-£5", "£-5", "7"], [1234.56, -5, -5, 7]),
    ("1.234,56", ["1.234,56", "1234,56", "5"], [1234.56, 1234.56, 5]),
    ("1 234,56", ["1 234,56", "1\u00a0234,56", "1\u202f234,56"], [1234.56] * 3),
    ("1'234.56", ["1'234.56"], [1234.56]),
    ("€1234,56", ["€1234,56", "0,1"], [1234.56, 0.1]),
]  # fmt: skip


@pytest.mark.parametrize(("example", "written", "values"), NUMBERS, ids=[n[0] for n in NUMBERS])
def test_numbers_are_read_in_the_marks_the_contract_shows(read, example, written, values):
    rows = "".join(f'c{n},2024-01-01,"{one}",\n' for n, one in enumerate(written))
    assert _values(read(f"{HEADER}\n{rows}", numbers=example))["amount"] == values


def test_money_is_the_nearest_double_of_what_is_written(read):
    written = ["0.1", "0.29", "1.10", "1.500", "8.2e1", "4503599627370.49", "0.295"]
    rows = "".join(f"c{n},2024-01-01,{one},\n" for n, one in enumerate(written))
    money = {"amount": {"type": "number", "decimals": 2}}
    amount = read(f"{HEADER}\n{rows}", columns=money).columns["amount"]
    assert amount.values.to_pylist() == [0.1, 0.29, 1.1, 1.5, 82.0, 4503599627370.49, None]
    assert amount.inexact.tolist() == [False] * 6 + [True]
    assert amount.written.to_pylist() == ["0.295"]


LINES = [
    ("plain", ["a", "b", "c"], [2, 3, 4]),
    ("after a line end in quotes", ['"a\nb"', "c", '"\n\n"', "d"], [2, 4, 5, 8]),
    ("after blank lines", ["a", "\n\nb", "c"], [2, 5, 6]),
    ("after quotes of every sort", ['"a"', '""', '"""\n"""', 'b"c', '"d""\n"'], [2, 3, 4, 6, 7]),
]  # fmt: skip


@pytest.mark.parametrize("block", [1, 7, 64, 8 << 20])
@pytest.mark.parametrize(("notes", "numbers"), [c[1:] for c in LINES], ids=[c[0] for c in LINES])
def test_a_row_has_the_number_an_editor_shows(read, monkeypatch, notes, numbers, block):
    monkeypatch.setattr(csv_records, "_BLOCK_BYTES", block)
    rows = [
        ("\n" * (len(n) - len(n.lstrip("\n")))) + f"{n.lstrip(chr(10))},c,2024-01-01,1\n"
        for n in notes
    ]
    extract = read("note,ref,on,amount\n" + "".join(rows))
    assert extract.numbers.tolist() == numbers
    assert len(extract.columns["ref"].values) == len(notes)


@pytest.mark.parametrize("block", [1, 3, 10, 100])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_where_blocks_end_changes_nothing(read, monkeypatch, encoding, block):
    monkeypatch.setattr(csv_records, "_BLOCK_BYTES", block)
    held = GOOD.replace("one", '"é\r\n""ü"""').replace("c2", '\r\n"c2"').replace("two", "")
    values = _values(read(held.encode(encoding), encoding=encoding))
    assert values["note"] == ['é\n"ü"', None]
    assert values["ref"] == ["c1", "c2"]


def test_a_row_past_any_reason_is_refused_by_its_number(read, monkeypatch):
    monkeypatch.setattr(csv_records, "_BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr(csv_records, "LONGEST_RECORD", 1 << 14)
    with pytest.raises(DataError, match="row of more than 0 MB: row 4"):
        read(GOOD + "c3,2024-01-01,1," + "x" * (1 << 16))


def test_a_moment_with_a_zone_is_its_day_there(tmp_path):
    zoned = pa.array([1_719_788_400], pa.timestamp("s", tz="Europe/London"))  # midnight, 1 July
    columns = {"ref": ["c1"], "on": zoned, "amount": [1.0], "note": ["one"]}
    pa.parquet.write_table(pa.table(columns), tmp_path / "c.parquet")
    extract = read_extract(_contract({}, file="c.parquet"), tmp_path)
    assert extract.columns["on"].values.to_pylist() == [date(2024, 7, 1)]


def test_a_computed_double_is_the_decimal_it_was_meant_to_be(tmp_path):
    columns = {"ref": ["c1"] * 3, "on": pa.array([19000] * 3, pa.date32()), "note": [""] * 3}
    pa.parquet.write_table(
        pa.table(columns | {"amount": [0.1 + 0.2, 1e6, 0.125]}), tmp_path / "c.parquet"
    )
    money = {"amount": {"type": "number", "decimals": 2}}
    amount = read_extract(_contract(money, file="c.parquet"), tmp_path).columns["amount"]
    assert amount.values.to_pylist() == [0.3, 1e6, None]
