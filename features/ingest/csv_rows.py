"""Rows of a CSV, every field as text."""

import csv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv

from features.ingest.csv_records import LONGEST_RECORD, Records, read_records
from features.ingest.file_kinds import AGAIN, refused
from features.ingest.quotes import Flags
from features.ingest.rows import MOST_COLUMNS, Opened, Positions, Rows
from hearth.source_contract import Read


@contextmanager
def open_csv(path: Path, read: Read) -> Iterator[Opened]:
    """Header of a CSV, and its rows to come; rows are numbered by their line in the file."""
    with closing(read_records(path, read)) as records:
        yield _opened(_below(records, read.skip_rows), read)


def _opened(blocks: Iterator[Records], read: Read) -> Opened:
    first = next(blocks, None)
    names = [] if first is None else _fields(first, 0, read)
    if first is None or not any(name.strip() for name in names):
        raise refused(read, "is empty: it has not even a header", AGAIN)
    if len(names) > MOST_COLUMNS:
        found = f"has {len(names):,} columns; a table has at most {MOST_COLUMNS:,}"
        raise refused(read, found, "see that its line ends are those of a text file")
    if len(first.lines) > 1 and _fields(first, 1, read)[len(names) :] == [""]:
        names = [*names, ""]  # each row ends in a delimiter, and the header does not

    def rows(positions: Positions) -> Iterator[Rows]:
        for block in chain([_from(first, 1)], blocks):
            if len(block.lines):
                yield _rows(block, len(names), positions, read)

    return Opened(names, rows)


def _below(blocks: Iterator[Records], lines: int) -> Iterator[Records]:
    """Records below the first lines of a file."""
    for block in blocks:
        rest = _from(block, int(np.searchsorted(block.lines, lines, side="right")))
        if len(rest.lines):
            yield rest


def _from(block: Records, record: int) -> Records:
    return Records(block.text, block.starts[record:], block.ends[record:], block.lines[record:])


def _fields(block: Records, record: int, read: Read) -> list[str]:
    text = block.text[block.starts[record] : block.ends[record]].decode()
    csv.field_size_limit(LONGEST_RECORD)
    return next(csv.reader(text.splitlines(keepends=True), delimiter=read.delimiter), [])


def _rows(block: Records, width: int, positions: Positions, read: Read) -> Rows:
    misshapen: list[int] = []

    def set_aside(row: pc_csv.InvalidRow) -> str:
        misshapen.append(row.number - 1)
        return "skip"

    text = block.text[block.starts[0] : block.ends[-1] + 1]
    names = [str(position) for position in range(width)]
    used = [names[position] for position in positions.values()]
    table = pc_csv.read_csv(
        pa.py_buffer(text),
        read_options=pc_csv.ReadOptions(
            use_threads=False, block_size=len(text) + 1, column_names=names
        ),
        parse_options=pc_csv.ParseOptions(
            delimiter=read.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
        ),
        convert_options=pc_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), include_columns=used, check_utf8=False
        ),
    )
    if len(table) + len(misshapen) != len(block.lines):
        raise refused(read, f"cannot be read as CSV after row {block.lines[0]}", AGAIN)
    kept = np.delete(np.arange(len(block.lines)), misshapen)
    filled = ~_without_values(block, width, read)[kept]
    return Rows(
        {
            column: table[name].combine_chunks().filter(pa.array(filled))
            for column, name in zip(positions, used, strict=True)
        },
        block.lines[kept[filled]],
        block.lines[misshapen],
    )


def _without_values(block: Records, width: int, read: Read) -> Flags:
    """Records that are delimiters alone, as spreadsheets leave below a table."""
    empty = np.zeros(len(block.lines), dtype=bool)
    only = read.delimiter.encode() * (width - 1)
    for record in np.flatnonzero(block.ends - block.starts == len(only)):
        empty[record] = block.text[block.starts[record] : block.ends[record]] == only
    return empty
