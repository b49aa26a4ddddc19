"""A clerk's file of decided pairs, read with all its faults together; no fault repeats what it holds."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa

from features.linkage.decisions import NO, SCHEMA, UNSURE, YES, read_decisions
from features.linkage.persons import Linkage, read_candidates
from features.linkage.review import ANSWERS, KEYS
from hearth.errors import DataError, Fault

_WORDS: Final = (YES, NO, UNSURE)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # 03/04/2026 is two days
_Pair = tuple[str, str, str]


def read_answers(job: Linkage, path: Path, *, on: date) -> pa.Table:
    """Decisions of a file that `hearth link sample` wrote; pairs without one are left out.

    Parameters
    ----------
    job
        The workspace's linkage.
    path
        The file, as the clerk saved it.
    on
        Day of the run: nothing is decided later.

    Raises
    ------
    DataError
        With every fault of the file, by line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            lines = [(reader.line_num, row) for row in reader]
            columns = reader.fieldnames or []
    except OSError as error:
        raise _refused(path, "", f"cannot be read: {error.strerror}", "name the file") from None
    except (UnicodeDecodeError, csv.Error):
        found = "is not a CSV file in UTF-8"
        raise _refused(path, "", found, "save it as “CSV UTF-8 (comma delimited)”") from None
    missing = [name for name in (*KEYS, *ANSWERS) if name not in columns]
    if missing:
        found = f"has no column {', '.join(missing)}"
        raise _refused(path, "line 1", found, "keep the columns of the sample as they were")
    answered = [(line, row) for line, row in lines if (row["decision"] or "").strip()]
    faults = list(_faults(job, path, answered, on))
    if faults:
        raise DataError(faults)
    weights = _weighed(job)
    rows = [
        {
            **dict(zip(KEYS, _pair(row), strict=True)),
            "match_weight": weights[_pair(row)][0],
            "confidence": weights[_pair(row)][1],
            "decision": _word(row),
            "decided_by": row["decided_by"].strip(),
            "decided_on": _day(row["decided_on"]),
        }
        for _, row in answered
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _faults(
    job: Linkage, path: Path, answered: list[tuple[int, dict[str, str]]], on: date
) -> Iterator[Fault]:
    known, seen = _weighed(job), dict[_Pair, int]()
    linked = {
        (row["source"], row["reference"]): (row["person_id"], 0)
        for row in read_decisions(job.state_dir).to_pylist()
        if row["decision"] == YES
    }
    changed = {_pair(row) for _, row in answered}
    linked = {key: person for key, person in linked.items() if (*key, person[0]) not in changed}
    for line, row in answered:
        pair, place = _pair(row), f"line {line}"
        for found, remedy in _row_faults(row, on):
            yield Fault(path.name, place, found, remedy)
        if pair not in known:
            found = "is about a pair that was not weighed"
            yield Fault(
                path.name, place, found, "keep source, reference and person_id as they were"
            )
        if pair in seen:
            yield Fault(
                path.name, place, f"decides the pair of line {seen[pair]} again", "keep one"
            )
        seen[pair] = line
        if _word(row) == YES:
            other = linked.setdefault(pair[:2], (pair[2], line))
            if other[0] != pair[2]:
                where = f"line {other[1]}" if other[1] else "an earlier file"
                found = f"says yes to a second person for the reference of {where}"
                yield Fault(path.name, place, found, "say yes to one of them, and no to the other")


def _row_faults(row: dict[str, str], on: date) -> Iterator[tuple[str, str]]:
    if _word(row) not in _WORDS:
        yield "holds a decision that is none", f"write {', '.join(_WORDS[:-1])} or {_WORDS[-1]}"
    if not row["decided_by"].strip():
        yield "does not say who decided", "write it in decided_by"
    day = _day(row["decided_on"])
    if day is None:
        remedy = "write the date in decided_on as 2026-11-02; in a spreadsheet, format the column as text"
        yield "does not say on what day it was decided", remedy
    elif day > on:
        yield "was decided in the future", "mend decided_on"


def _weighed(job: Linkage) -> dict[_Pair, tuple[float, float]]:
    """Match weight and confidence of every pair that was weighed, or decided before."""
    found = {_pair(row): _sureness(row) for row in read_decisions(job.state_dir).to_pylist()}
    for contract in job.contracts:
        for row in read_candidates(job.state_dir, contract.source).to_pylist():
            found.setdefault((contract.source, row["reference"], row["person_id"]), _sureness(row))
    return found


def _sureness(row: dict[str, float]) -> tuple[float, float]:
    return row["match_weight"], row["confidence"]


def _pair(row: dict[str, str]) -> _Pair:
    source, reference, person = (row[key].strip().removeprefix("'") for key in KEYS)
    return source, reference, person


def _word(row: dict[str, str]) -> str:
    return row["decision"].strip().lower()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        return None


def _refused(path: Path, place: str, found: str, remedy: str) -> DataError:
    return DataError([Fault(path.name, place, found, remedy)])
