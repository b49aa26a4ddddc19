"""A hundred kinds of broken file: each is refused with file, row and column, or loses just its bad rows.

The tables below hold what is wrong with a file and what is said of it. No message repeats a value.
"""

import bz2
import gzip
import io
import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.ingest.intake import take_snapshot
from features.ingest.snapshot import snapshot_folder
from hearth.errors import DataError
from hearth.source_contract import SourceContract

RUN_ON = date(2024, 7, 1)
NAMES = ["ref", "uprn", "on", "kind", "amount", "homes", "upheld", "note"]
HEADER = ",".join(NAMES)
SECRET = "Mrs Smith"
ROWS = [f"c{n},{100 + n},2024-01-{n:02d},noise,{n}.50,{n},yes,{SECRET}" for n in range(1, 11)]
GOOD = "\n".join([HEADER, *ROWS]) + "\n"
COLUMNS = {
    "ref": {"type": "string"},
    "uprn": {"type": "uprn"},
    "on": {"type": "date"},
    "kind": {"type": "category", "values": ["noise", "damp"]},
    "amount": {"type": "number", "decimals": 2, "range": [0, 9999], "missing": "allowed"},
    "homes": {"type": "integer", "missing": "allowed"},
    "upheld": {"type": "boolean", "missing": "allowed"},
    "note": {"type": "string", "missing": "allowed"},
}


def _contract(**read):
    return SourceContract.model_validate(
        {
            "source": "complaints",
            "title": "Complaints",
            "description": "One row a complaint.",
            "kind": "event",
            "read": read,
            "about": "property",
            "key": "uprn",
            "row_key": "ref",
            "event_date": "on",
            "recording_lag": {"period": "1d", "because": "they are typed in overnight"},
            "law": {
                "controller": "Example Borough Council",
                "lawful_basis": "public_task",
                "power": "Housing Act 2004, s. 3",
                "purposes": ["housing_standards"],
                "retention": "6y",
            },
            "columns": COLUMNS,
            "quality": {"quarantine_at_most": "99%"},
        }
    )


@pytest.fixture
def taken(tmp_path):
    """What `hearth ingest` makes of bytes, or of what a function writes, in a file of this name."""

    def of(held, *, file="complaints.csv", **read):
        path = tmp_path / file
        if callable(held):
            held(path)
        else:
            path.write_bytes(held.encode() if isinstance(held, str) else held)
        contract = _contract(file=file, **read)
        return take_snapshot(contract, tmp_path, tmp_path / "state", run_on=RUN_ON)

    return of


def _with(row, *, header=HEADER, rows=ROWS):
    """The good rows with this one as row 4 of the file."""
    return "\n".join([header, *rows[:2], row, *rows[3:]]) + "\n"


def _field(column, value):
    """The good rows, with one field of row 4 changed."""
    fields = ROWS[2].split(",")
    fields[NAMES.index(column)] = value
    return _with(",".join(fields))


def _parquet(**changes):
    held = {
        "ref": ["c1", "c2"],
        "uprn": [1, 2],
        "on": pa.array([19000, 19001], pa.date32()),
        "kind": ["noise"] * 2,
        "amount": [1.5, 2.5],
        "homes": [1, 2],
        "upheld": [True, False],
        "note": [SECRET] * 2,
    }
    stream = io.BytesIO()
    pq.write_table(pa.table(held | changes), stream)
    return stream.getvalue()


def _zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("complaints.csv", GOOD)
    return stream.getvalue()


PACKED = gzip.compress(GOOD.encode())
DAMAGED = PACKED[:40] + b"\xff\xff\xff\xff" + PACKED[44:]
UTF16 = GOOD.encode("utf-16")
MIXED = "\n".join([HEADER, *ROWS[:5], ROWS[5].replace("Smith", "Müller")]).encode("cp1252")
REFUSED = [
    ("zero bytes", "", {}, ["is empty", "header"]),
    ("white space alone", "  \n \n\n", {}, ["is empty", "header"]),
    ("line ends alone", "\r\n\r\n", {}, ["is empty", "header"]),
    ("a header alone", HEADER, {}, ["holds a header and no rows"]),
    ("a header and blank lines", HEADER + "\n\n\n", {}, ["holds a header and no rows"]),
    ("a header and delimiters", HEADER + "\n,,,,,,,\n", {}, ["holds a header and no rows"]),
    ("gzip cut short", PACKED[:-20], {"file": "c.csv.gz"}, ["c.csv.gz: is not a whole gzip file"]),
    ("gzip cut within its header", PACKED[:5], {"file": "c.csv.gz"}, ["is not a whole gzip"]),
    ("gzip damaged", DAMAGED, {"file": "c.csv.gz"}, ["gzip"]),
    ("gzip with more after it", PACKED + b"more", {"file": "c.csv.gz"}, ["gzip"]),
    ("gzip that is not gzip", GOOD, {"file": "c.csv.gz"}, ["is not a gzip file", "take .gz off"]),
    ("gzip called csv", PACKED, {}, ["compressed by gzip", "name it .csv.gz"]),
    ("a zip archive called csv", _zipped(), {}, ["zip archive", "unpack it"]),
    ("an old workbook called csv", b"\xd0\xcf\x11\xe0" + bytes(600), {}, ["Excel", "name it .xls"]),
    ("Parquet called csv", _parquet(), {}, ["is a Parquet file", "name it .parquet"]),
    ("bzip2 called csv", bz2.compress(GOOD.encode()), {}, ["is not text in utf-8"]),
    ("a PDF", b"%PDF-1.7\n", {}, ["is a PDF"]),
    ("an error page", "<!DOCTYPE html><html>Sign in</html>", {}, ["web page"]),
    ("an error page without a doctype", "\n  <html>502</html>", {}, ["web page"]),
    ("XML", '<?xml version="1.0"?><rows/>', {}, ["is XML"]),
    ("cp1252 undeclared", MIXED, {}, ["is not text in utf-8: row 7", "often cp1252"]),
    ("utf-8 cut within a letter", (GOOD + "é").encode()[:-1], {}, ["is not text in utf-8: row 12"]),
    ("utf-16 undeclared", UTF16, {}, ["is not text in utf-8", "mend read.encoding: utf-16"]),
    ("utf-16 without a mark", GOOD.encode("utf-16-le"), {}, ["NUL", "row 1", "may be UTF-16"]),
    ("utf-16 declared, and cut", UTF16[:-1], {"encoding": "utf-16"}, ["is not text in utf-16"]),
    ("utf-16 declared of utf-8", b"\xef\xbb\xbf" + GOOD.encode(), {"encoding": "utf-16"}, ["say utf-8"]),
    ("utf-8 marked, cp1252 declared", b"\xef\xbb\xbf" + GOOD.encode(), {"encoding": "cp1252"}, ["say utf-8"]),
    ("ascii declared", GOOD.replace("Smith", "Müller"), {"encoding": "ascii"}, ["is not text in ascii: row 2"]),
    ("a NUL in a field", _field("note", "a\0b"), {}, ["holds a NUL character in row 4"]),
    ("NULs at the end", GOOD + "\0" * 512, {}, ["holds a NUL character in row 12"]),
    ("a quote never closed", _field("note", '"Flat 1'), {}, ["a quote in row 4 that is never closed"]),
    ("a quote closed rows later", _field("note", '"Flat 1').replace("c7,", 'c7,"'), {}, ["a quote in row 4"]),
    ("a quote closed in another's start", "\n".join([HEADER, ROWS[0].replace("noise", '"noise'), ROWS[1].replace("noise", '"noise"')]), {}, ["a quote in row 2"]),
    ("a semicolon for a comma", GOOD.replace(",", ";"), {}, ["has one column", "`;`", "read.delimiter"]),
    ("a tab for a comma", GOOD.replace(",", "\t"), {}, ["has one column", "tab", "read.delimiter"]),
    ("a bar for a comma", GOOD.replace(",", "|"), {}, ["has one column", "`|`", "read.delimiter"]),
    ("a comma for a semicolon", GOOD, {"delimiter": ";"}, ["has one column", "`,`", "read.delimiter"]),
    ("no header", "\n".join(ROWS), {}, ["`ref`", "`uprn`", "is a column the file lacks", "skip_rows"]),
    ("a title above the header", "Complaints 2024\n\n" + GOOD, {}, ["`ref` is a column the file lacks"]),
    ("rows skipped too far", GOOD, {"skip_rows": 1}, ["is a column the file lacks", "skip_rows"]),
    ("rows skipped past the end", GOOD, {"skip_rows": 99}, ["is empty"]),
    ("a missing column", GOOD.replace("upheld", "state", 1), {}, ["`upheld` is a column the file lacks"]),
    ("two missing columns", GOOD.replace("upheld", "x", 1).replace("kind", "y", 1), {}, ["`upheld`", "`kind`"]),
    ("a header in capitals", GOOD.replace("uprn", "UPRN", 1), {}, ["`uprn`", "it has `UPRN`", "read.rename"]),
    ("a header with spaces", GOOD.replace("uprn", " uprn ", 1), {}, ["it has ` uprn `", "read.rename"]),
    ("a header in quotes and spaces", GOOD.replace("uprn", '"U.P.R.N"', 1), {}, ["it has `U.P.R.N`"]),
    ("a renamed column that is not there", GOOD, {"rename": {"The note": "note"}}, ["`The note`", "lacks"]),
    ("a column twice", GOOD.replace("note", "uprn", 1), {}, ["`uprn` is a column the file has twice", "`note`"]),
    ("a blank header name", GOOD.replace("note", "", 1), {}, ["`note` is a column the file lacks"]),
    ("a header of a million columns", "a" + ",a" * 999_999 + "\n", {}, ["has 1,000,000 columns"]),
    ("every row with a field too many", HEADER + "\n" + "".join(f"{r},x\n" for r in ROWS), {}, ["too few or too many fields in 10 rows: 2, 3", "10 unusable rows of 10"]),
    ("dates in another order", GOOD, {"dates": "%d/%m/%Y"}, ["`on` is not a date in 10 rows: 2, 3, 4"]),
    ("Parquet cut short", _parquet()[:-30], {"file": "c.parquet"}, ["is not a whole Parquet file"]),
    ("Parquet cut to its mark", b"PAR1", {"file": "c.parquet"}, ["is not a whole Parquet file"]),
    ("csv called Parquet", GOOD, {"file": "c.parquet"}, ["is not a whole Parquet file"]),
    ("Parquet without a column", lambda path: pq.write_table(pa.table({"ref": ["c1"]}), path), {"file": "c.parquet"}, ["`uprn` is a column the file lacks"]),
    ("Parquet without rows", lambda path: pq.write_table(pq.read_table(io.BytesIO(_parquet())).slice(0, 0), path), {"file": "c.parquet"}, ["no rows"]),
    ("Parquet with a column of lists", _parquet(note=[["a"], ["b"]]), {"file": "c.parquet"}, ["`note` holds list"]),
    ("Parquet with a column of records", _parquet(note=[{"a": 1}] * 2), {"file": "c.parquet"}, ["`note` holds struct"]),
    ("Parquet with bytes", _parquet(note=[b"\xff"] * 2), {"file": "c.parquet"}, ["`note` holds binary"]),
    ("Parquet with numbers for dates", _parquet(on=[45000, 45001]), {"file": "c.parquet"}, ["`on` is not a date in 2 rows: 1, 2"]),
    ("Parquet with days for numbers", _parquet(homes=pa.array([1, 2], pa.date32())), {"file": "c.parquet"}, ["`homes` is not an integer in 2 rows"]),
    ("a csv called xlsx", GOOD, {"file": "c.xlsx"}, ["is not a whole .xlsx workbook"]),
    ("an empty xlsx", "", {"file": "c.xlsx"}, ["is empty"]),
    ("a zip called xlsx", _zipped(), {"file": "c.xlsx"}, ["is not a whole .xlsx workbook"]),
    ("a locked xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {"file": "c.xlsx"}, ["locked by a password"]),
    ("a csv called xls", GOOD, {"file": "c.xls"}, ["is not a whole .xls workbook"]),
    ("a csv called xlsb", GOOD, {"file": "c.xlsb"}, ["is not a whole .xlsb workbook"]),
    ("a csv called ods", GOOD, {"file": "c.ods"}, ["is not a whole .ods workbook"]),
    ("a folder in its place", lambda path: path.mkdir(), {}, ["is no file"]),
    ("a link that leads nowhere", lambda path: path.symlink_to("nowhere"), {}, ["is not there"]),
    ("no file", lambda _: None, {}, ["is not there", "read.file"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "read", "told"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_file_that_cannot_be_used_is_refused_by_name(taken, tmp_path, held, read, told):
    with pytest.raises(DataError) as error:
        taken(held, **read)
    message = str(error.value)
    assert [
        part for part in (read.get("file", "complaints.csv"), *told) if part not in message
    ] == []
    assert "Smith" not in message
    assert not snapshot_folder(tmp_path / "state", "complaints").exists()


NOT = "{} is not a {}".format
UNREADABLE = (
    "uprn is not a uprn; on is not a date; kind is none of the contract's categories; "
    "amount is not a number; homes is not an integer; upheld is not a boolean"
)
GREAT = "9" * 400
SET_ASIDE = [
    ("a field too few", _with("c3,103,2024-01-03,noise,3.50,3,yes"), {}, "has too few or too many fields"),
    ("a field too many", _with(ROWS[2] + ",extra"), {}, "has too few or too many fields"),
    ("a comma unquoted", _field("note", "Flat 1, High Street"), {}, "has too few or too many fields"),
    ("one word", _with("Total"), {}, "has too few or too many fields"),
    ("a row of a million fields", _with("," * 1_000_000), {}, "has too few or too many fields"),
    ("columns shifted right", _with(",c3,103,2024-01-03,noise,3.50,3,yes"), {}, f"ref is missing; {UNREADABLE}"),
    ("29 February of no leap year", _field("on", "2023-02-29"), {}, NOT("on", "date")),
    ("31 April", _field("on", "2024-04-31"), {}, NOT("on", "date")),
    ("day zero", _field("on", "2024-01-00"), {}, NOT("on", "date")),
    ("month 13", _field("on", "2024-13-01"), {}, NOT("on", "date")),
    ("year 0024", _field("on", "0024-01-03"), {}, "on is before 1850"),
    ("year 1066", _field("on", "1066-10-14"), {}, "on is before 1850"),
    ("year 0000", _field("on", "0000-01-03"), {}, NOT("on", "date")),
    ("year 9999", _field("on", "9999-12-31"), {}, "on is in the future"),
    ("year 12024", _field("on", "12024-01-03"), {}, NOT("on", "date")),
    ("tomorrow", _field("on", "2024-07-02"), {}, "on is in the future"),
    ("a two-digit year", _field("on", "24-01-03"), {}, NOT("on", "date")),
    ("day and month swapped", _field("on", "2024-31-01"), {}, NOT("on", "date")),
    ("another way of writing dates", _field("on", "03/01/2024"), {}, NOT("on", "date")),
    ("a date with a time", _field("on", "2024-01-03 13:45:00"), {}, NOT("on", "date")),
    ("a date with a zone", _field("on", "2024-01-03T00:00:00Z"), {}, NOT("on", "date")),
    ("a date as Excel counts it", _field("on", "45294"), {}, NOT("on", "date")),
    ("a date as UNIX counts it", _field("on", "1704240000"), {}, NOT("on", "date")),
    ("a date in words", _field("on", "last Tuesday"), {}, NOT("on", "date")),
    ("a date in full-width digits", _field("on", "２０２４-01-03"), {}, NOT("on", "date")),
    ("a date in infinity", _field("on", "infinity"), {}, NOT("on", "date")),
    ("half a date", _field("on", "2024-01"), {}, NOT("on", "date")),
    ("no date", _field("on", ""), {}, "on is missing"),
    ("NULL for a date", _field("on", "NULL"), {}, NOT("on", "date")),
    ("NULL declared missing", _field("on", "NULL"), {"missing_values": ["", "NULL"]}, "on is missing"),
    ("a UPRN in scientific notation", _field("uprn", "1.00023E+11"), {}, NOT("uprn", "uprn")),
    ("a UPRN of 13 digits", _field("uprn", "1234567890123"), {}, NOT("uprn", "uprn")),
    ("a UPRN below zero", _field("uprn", "-103"), {}, NOT("uprn", "uprn")),
    ("a UPRN of zero", _field("uprn", "0"), {}, NOT("uprn", "uprn")),
    ("a UPRN with thousands", _field("uprn", '"100,023,336,956"'), {}, NOT("uprn", "uprn")),
    ("a UPRN with a fraction", _field("uprn", "103.5"), {}, NOT("uprn", "uprn")),
    ("a UPRN with letters", _field("uprn", "UPRN103"), {}, NOT("uprn", "uprn")),
    ("a UPRN with a space", _field("uprn", "100 103"), {}, NOT("uprn", "uprn")),
    ("a UPRN in full-width digits", _field("uprn", "１０３"), {}, NOT("uprn", "uprn")),
    ("no UPRN", _field("uprn", " "), {}, "uprn is missing"),
    ("thousands undeclared", _field("amount", '"1,234.50"'), {}, NOT("amount", "number")),
    ("pounds undeclared", _field("amount", "£3.50"), {}, NOT("amount", "number")),
    ("another currency", _field("amount", "€3.50"), {"numbers": "£1,234.56"}, NOT("amount", "number")),
    ("thousands misplaced", _field("amount", '"12,34.50"'), {"numbers": "1,234.56"}, NOT("amount", "number")),
    ("a decimal comma undeclared", _field("amount", '"3,50"'), {}, NOT("amount", "number")),
    ("a decimal comma among points", _field("amount", '"3,50"'), {"numbers": "1,234.56"}, NOT("amount", "number")),
    ("a per cent sign", _field("amount", "3.5%"), {}, NOT("amount", "number")),
    ("a unit", _field("amount", "3.5 dB"), {}, NOT("amount", "number")),
    ("an O for a nought", _field("amount", "1O"), {}, NOT("amount", "number")),
    ("two points", _field("amount", "1.2.3"), {}, NOT("amount", "number")),
    ("accountants' brackets", _field("amount", "(3.50)"), {}, NOT("amount", "number")),
    ("a minus at the end", _field("amount", "3.50-"), {}, NOT("amount", "number")),
    ("a number in full-width digits", _field("amount", "３.50"), {}, NOT("amount", "number")),
    ("a number in base 16", _field("amount", "0x10"), {}, NOT("amount", "number")),
    ("infinity", _field("amount", "inf"), {}, NOT("amount", "number")),
    ("a number past any double", _field("amount", GREAT), {}, NOT("amount", "number")),
    ("not a number", _field("amount", "nan"), {}, NOT("amount", "number")),
    ("N/A undeclared", _field("amount", "N/A"), {}, NOT("amount", "number")),
    ("a dash undeclared", _field("amount", "-"), {}, NOT("amount", "number")),
    ("an Excel error", _field("amount", "#N/A"), {}, NOT("amount", "number")),
    ("a division by zero", _field("amount", "#DIV/0!"), {}, NOT("amount", "number")),
    ("a third of a pound", _field("amount", "3.333"), {}, "amount has more than 2 decimals"),
    ("a computed sum", _field("amount", "0.30000000000000004"), {}, "amount has more than 2 decimals"),
    ("a number below its range", _field("amount", "-1"), {}, "amount lies outside its range"),
    ("a number above its range", _field("amount", "1e4"), {}, "amount lies outside its range"),
    ("a fraction of a home", _field("homes", "1.5"), {}, "homes is not an integer"),
    ("an integer past counting", _field("homes", "1234567890123456"), {}, "homes is not an integer"),
    ("an integer in words", _field("homes", "three"), {}, "homes is not an integer"),
    ("a boolean of another sort", _field("upheld", "upheld"), {}, NOT("upheld", "boolean")),
    ("a boolean of 2", _field("upheld", "2"), {}, NOT("upheld", "boolean")),
    ("a category in capitals", _field("kind", "Noise"), {}, "kind is none of the contract's categories"),
    ("a category unheard of", _field("kind", "music"), {}, "kind is none of the contract's categories"),
    ("a category with a space in it", _field("kind", "no ise"), {}, "kind is none of the contract's categories"),
    ("a category in smart quotes", _field("kind", "“noise”"), {}, "kind is none of the contract's categories"),
    ("a category with a zero-width space", _field("kind", "noise\u200b"), {}, "kind is none of the contract's categories"),
    ("no category", _field("kind", ""), {}, "kind is missing"),
    ("no row key", _field("ref", ""), {}, "ref is missing"),
    ("a header again, halfway", _with(HEADER), {}, UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "read", "reasons"), [case[1:] for case in SET_ASIDE], ids=[c[0] for c in SET_ASIDE]
)
def test_a_bad_row_is_set_aside_by_its_number_and_the_others_kept(
    taken, tmp_path, held, read, reasons
):
    result = taken(held, **read)
    assert (result.rows, result.quarantined) == (9, 1)
    folder = snapshot_folder(tmp_path / "state", "complaints")
    (row,) = pq.ParquetFile(folder / "quarantine.parquet").read().to_pylist()
    assert (row["row"], row["reasons"]) == (4, reasons)
