"""Every table of the report as a CSV file of its own: one value a cell, one row of headings.

After the Government Analysis Function's guidance on spreadsheets: no caption, note or blank
line within a table; those stand in a contents file beside it, and so does what each mark means.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

from governance.disclosure.control import CONFIDENTIAL, NOT_APPLICABLE, UNRELIABLE
from governance.report.document import Document, Section, Table
from governance.report.words import UNKNOWN

FOLDER = "tables"
CONTENTS, MARKS = f"{FOLDER}/00-contents.csv", f"{FOLDER}/00-marks.csv"
NOT_AVAILABLE = "[x]"
"""Stands for a figure that could not be made, where the page prints a dash."""
_MEANINGS = {
    CONFIDENTIAL: "confidential: withheld so that nobody can be made out",
    UNRELIABLE: "unreliable: rests on too few people to be read",
    NOT_APPLICABLE: "not applicable: there is no such figure, as of a rate of nobody",
    NOT_AVAILABLE: "not available: it needs a figure that is withheld or was not made",
}
_MOST_SLUG = 60
_INTERVAL = " (95% interval)"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = r"[+-]?\d+(?:\.\d+)?%?"
_IS_NUMBER = re.compile(_NUMBER)
_WITH_INTERVAL = re.compile(rf"({_NUMBER}) \(({_NUMBER}) to ({_NUMBER})\)")


def render_tables(document: Document) -> dict[str, bytes]:
    """CSV of each table by its path, with the contents and the marks; UTF-8, the same every time."""
    files, contents = dict[str, bytes](), list[tuple[str, ...]]()
    for section, table in _tables(document):
        path = _path(section.number, table.caption, files)
        files[path] = _csv(_rows(table))
        name = path.removeprefix(f"{FOLDER}/")
        heading = f"{section.number}. {section.title}"
        contents.append((name, heading, table.caption, table.note))
    files[CONTENTS] = _csv([("File", "Section", "Table", "Note"), *contents])
    files[MARKS] = _csv([("Mark", "Meaning"), *_MEANINGS.items()])
    return dict(sorted(files.items()))


def _tables(document: Document) -> Iterator[tuple[Section, Table]]:
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield section, block


def _path(section: int, caption: str, taken: dict[str, bytes]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", caption.lower()).strip("-")
    short = words if len(words) <= _MOST_SLUG else words[:_MOST_SLUG].rpartition("-")[0]
    stem = f"{FOLDER}/{section:02}-{short}"
    names = (f"{stem}{again}.csv" for again in chain([""], (f"-{n}" for n in count(2))))
    return next(name for name in names if name not in taken)


def _rows(table: Table) -> Iterator[Sequence[str]]:
    """Headings, then rows; a figure with its interval takes three columns."""
    columns = [
        column
        for i, heading in enumerate(table.columns)
        for column in _columns(heading.title, [_plain(row[i]) for row in table.rows])
    ]
    yield [title for title, _ in columns]
    yield from zip(*(cells for _, cells in columns), strict=True)


def _columns(title: str, cells: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """One column, or three where figures carry intervals; the unit moves to the heading."""
    found = [_WITH_INTERVAL.fullmatch(cell) for cell in cells]
    if not any(found):
        yield _without_unit(title, cells)
        return
    title = title.removesuffix(_INTERVAL)
    values = [match[1] if match else cell for match, cell in zip(found, cells, strict=True)]
    is_percent = any(value.endswith("%") for value in values)
    yield _without_unit(title, values)
    for end, group in (("low", 2), ("high", 3)):
        heading = f"{title}, {end} end of 95% interval{', %' if is_percent else ''}"
        yield (
            heading,
            [match[group] if match else cell for match, cell in zip(found, cells, strict=True)],
        )


def _without_unit(title: str, cells: Sequence[str]) -> tuple[str, Sequence[str]]:
    numbers = [cell for cell in cells if _IS_NUMBER.fullmatch(cell)]
    if not numbers or not all(cell.endswith("%") for cell in numbers):
        return title, cells
    bare = [c.removesuffix("%") if _IS_NUMBER.fullmatch(c) else c for c in cells]
    return f"{title}, %", bare


def _plain(text: str) -> str:
    """A cell as a program reads it: no thousands' commas, an ASCII minus, no formula, [x] for a dash."""
    if text == UNKNOWN:
        return NOT_AVAILABLE
    number = text.replace(",", "").replace("−", "-")
    if _IS_NUMBER.fullmatch(number) or _WITH_INTERVAL.fullmatch(number):
        return number
    # A spreadsheet would run a name that begins like a formula.
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
