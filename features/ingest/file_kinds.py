"""What a file is by its first bytes, where its name says otherwise."""

import codecs

from hearth.errors import DataError, Fault
from hearth.source_contract import Read

AGAIN = "ask for the extract again"
_PAGE = "is a web page, such as a sign-in or an error"
_KINDS = (
    (b"PK\x03\x04", "is a zip archive or an Excel workbook", "unpack it, or name it .xlsx"),
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook, or one locked by a password", "name it .xls"),
    (b"\x1f\x8b", "is compressed by gzip", "name it .csv.gz"),
    (b"PAR1", "is a Parquet file", "name it .parquet"),
    (b"%PDF", "is a PDF", "ask for the extract as a CSV"),
    (b"SQLite format 3", "is a SQLite database", "read it by read.table and read.url_from"),
    (b"<!DOCTYPE", _PAGE, AGAIN),
    (b"<!doctype", _PAGE, AGAIN),
    (b"<html", _PAGE, AGAIN),
    (b"<HTML", _PAGE, AGAIN),
    (b"<?xml", "is XML", "ask for the extract as a CSV"),
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def refused(read: Read, found: str, remedy: str, *, place: str = "") -> DataError:
    """The extract as one that cannot be used."""
    return DataError([Fault(read.place, place, found, remedy)])


def check_is_text(read: Read, start: bytes) -> None:
    """Refuse a CSV whose first bytes are those of another kind of file or encoding."""
    for magic, found, remedy in _KINDS:
        if start.lstrip().startswith(magic):
            raise refused(read, f"{found}, not CSV", remedy)
    for mark, encoding in _MARKS:
        if start.startswith(mark) and not _is_of(read.encoding, encoding):
            found = f"is not text in {read.encoding}: its first bytes say {encoding}"
            raise refused(read, found, f"mend read.encoding: {encoding}")


def _is_of(declared: str, found: str) -> bool:
    return codecs.lookup(declared).name.replace("_", "-").startswith(found)
