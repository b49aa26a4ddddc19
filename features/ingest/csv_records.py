"""CSV bytes as whole records of UTF-8 text, each with its line in the file."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from features.ingest.file_kinds import AGAIN, check_is_text, refused
from features.ingest.quotes import Places, quoting
from hearth.source_contract import Read

LONGEST_RECORD = 32 << 20
_BLOCK_BYTES = 8 << 20
_NEWLINE = ord("\n")
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Records:
    r"""Some whole records of a CSV, lines left blank aside.

    `text` is UTF-8 with `\n` line ends; `starts` and `ends` are the places in it of each record, and
    `lines` the line of the file on which each begins, from 1.
    """

    text: bytes
    starts: Places
    ends: Places
    lines: Places


def read_records(path: Path, read: Read) -> Generator[Records]:
    """Records of a CSV file, a block of some MB at a time, in the file's order.

    Raises
    ------
    DataError
        If the file is not such text: cut short, in another encoding, holding NUL bytes, or a quote
        that is never closed. The row is named; what stands there is not.
    """
    left, line = b"", 1
    with _opened(path, read) as stream:
        for text in _ended(_decoded(stream, read)):
            whole, left, line = _split(left + text, line, read)
            if len(whole.lines):
                yield whole
    if left:
        raise refused(read, f"has a quote in row {line} that is never closed", _QUOTES)


_QUOTES = 'close it, or double the quotes that are part of a text ("")'


def _split(text: bytes, line: int, read: Read) -> tuple[Records, bytes, int]:
    """Whole records at the front of a text, what is left, and the line on which that begins."""
    data = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    divided = quoting(data, newlines, ord(read.delimiter))
    if divided.torn is not None:
        row = line + int(np.searchsorted(newlines, divided.torn))
        raise refused(read, f"has a quote in row {row} that is closed rows later", _QUOTES)
    last = np.flatnonzero(~divided.is_inside)
    ends = newlines[last]
    starts = np.concatenate([[0], ends + 1])
    lines = line + np.searchsorted(newlines, starts)
    whole, after = int(starts[-1]), int(lines[-1])
    if len(text) - whole > LONGEST_RECORD:
        found = f"has a row of more than {LONGEST_RECORD >> 20} MB: row {after}"
        raise refused(read, found, f"look there for a quote that is not closed, or {AGAIN}")
    starts, lines = starts[:-1], lines[:-1]
    full = ends > starts
    return Records(text[:whole], starts[full], ends[full], lines[full]), text[whole:], after


def _decoded(stream: BinaryIO, read: Read) -> Iterator[str]:
    r"""Text of a file, whose line ends are `\n` whatever the file's are."""
    encoding = "utf-8-sig" if codecs.lookup(read.encoding).name == "utf-8" else read.encoding
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    line, block = 1, stream.read(_BLOCK_BYTES)
    check_is_text(read, block[:1024])
    while True:
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(read.encoding, "replace")
            row = line + len(_LINE_END.findall(before))
            remedy = "mend read.encoding, often cp1252"
            raise refused(read, f"is not text in {read.encoding}: row {row}", remedy) from None
        if "\0" in text:
            row = line + text.count("\n", 0, text.index("\0"))
            remedy = f"it may be UTF-16 (mend read.encoding) or damaged ({AGAIN})"
            raise refused(read, f"holds a NUL character in row {row}", remedy)
        line += text.count("\n")
        yield text
        if not block:
            return
        block = stream.read(_BLOCK_BYTES)


def _ended(texts: Iterator[str]) -> Iterator[bytes]:
    """Texts as UTF-8, the last with a line end."""
    end = "\n"
    for text in texts:
        if text:
            end = text[-1]
            yield text.encode()
    if end != "\n":
        yield b"\n"


@contextmanager
def _opened(path: Path, read: Read) -> Iterator[BinaryIO]:
    """Bytes of a file, unpacked where its name ends in .gz."""
    if not path.name.endswith(".gz"):
        with path.open("rb") as file:
            yield file
        return
    try:
        with gzip.open(path) as packed:
            yield cast("BinaryIO", packed)
    except gzip.BadGzipFile:
        remedy = f"take .gz off its name if it is plain text, or {AGAIN}"
        raise refused(read, "is not a gzip file, or is damaged", remedy) from None
    except (EOFError, zlib.error):
        remedy = f"it may be cut short: {AGAIN}"
        raise refused(read, "is not a whole gzip file", remedy) from None
