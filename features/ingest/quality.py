"""What is wrong with the rows of an extract, and what the whole of it looks like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.coerce import Coerced
from features.ingest.extract import Extract
from hearth.source_contract import Column, ColumnType, SourceContract
from hearth.yaml_values import with_article

Flags = npt.NDArray[np.bool_]

EARLIEST = date(1850, 1, 1)
"""No council record is of an earlier day: a year before this is a slip of the pen, such as 0024."""

IN_THE_FUTURE = "is in the future"
_NAMED_ROWS = 5


@dataclass(frozen=True)
class Finding:
    """A rule that some rows of one column break."""

    column: str
    reason: str
    rows: Flags


@dataclass(frozen=True)
class Examined:
    """Rows in the contract's types, and what was found wrong with them."""

    table: pa.Table
    findings: tuple[Finding, ...]

    @property
    def bad(self) -> Flags:
        """Rows with any fault, (rows,)."""
        faulty = np.zeros(len(self.table), dtype=bool)
        for finding in self.findings:
            faulty |= finding.rows
        return faulty


def examine(contract: SourceContract, extract: Extract, *, run_on: date) -> Examined:
    """Rows of an extract in the types of their contract, with every rule that any of them breaks.

    Parameters
    ----------
    contract, extract
        What the table should be, and what it is.
    run_on
        Day of the run; nothing can have happened or become known after it.
    """
    coerced = extract.columns
    table = pa.table({name: one.values for name, one in coerced.items()})
    findings = [
        *(f for n, c in contract.columns.items() for f in _column_findings(n, c, coerced[n])),
        *_future_findings(contract, table, run_on),
        *_spell_findings(contract, table),
    ]
    return Examined(table, tuple(f for f in findings if f.rows.any()))


def describe(findings: Sequence[Finding], numbers: pa.Array) -> list[dict[str, Any]]:
    """Findings as counts, with the numbers of the first rows; no values."""
    row_numbers = np.asarray(numbers)
    return [
        {
            "column": finding.column,
            "reason": finding.reason,
            "rows": int(finding.rows.sum()),
            "first_rows": [int(n) for n in row_numbers[finding.rows][:_NAMED_ROWS]],
        }
        for finding in findings
    ]


def _column_findings(name: str, column: Column, coerced: Coerced) -> Iterator[Finding]:
    yield Finding(name, f"is not {with_article(column.type)}", coerced.bad)
    yield Finding(name, f"has more than {column.decimals} decimals", coerced.inexact)
    if column.missing == "refused":
        missing = np.asarray(pc.is_null(coerced.values)) & ~coerced.bad & ~coerced.inexact
        yield Finding(name, "is missing", missing)
    if column.values:
        known = pc.is_in(coerced.values, value_set=pa.array(column.values, pa.string()))
        unknown = pc.and_(pc.is_valid(coerced.values), pc.invert(known))
        yield Finding(name, "is none of the contract's categories", np.asarray(unknown))
    if column.range is not None:
        low, high = column.range
        outside = pc.or_(pc.less(coerced.values, low), pc.greater(coerced.values, high))
        yield Finding(name, "lies outside its range", np.asarray(pc.fill_null(outside, False)))
    if column.type is ColumnType.DATE:
        early = pc.less(coerced.values, pa.scalar(EARLIEST))
        yield Finding(name, f"is before {EARLIEST.year}", np.asarray(pc.fill_null(early, False)))


def _future_findings(contract: SourceContract, table: pa.Table, run_on: date) -> Iterator[Finding]:
    """Events and knowledge after the extract or the run; a spell may begin or end in the future."""
    last = min(run_on, contract.read.extracted_on or run_on)
    for name in (contract.event_date, contract.knowledge_date, contract.end_knowledge_date):
        if name is not None:
            after = pc.greater(table[name], pa.scalar(last))
            yield Finding(name, IN_THE_FUTURE, np.asarray(pc.fill_null(after, False)))


def _spell_findings(contract: SourceContract, table: pa.Table) -> Iterator[Finding]:
    if contract.starts_on is not None and contract.ends_on is not None:
        ended = pc.less(table[contract.ends_on], table[contract.starts_on])
        reason = f"is before {contract.starts_on}"
        yield Finding(contract.ends_on, reason, np.asarray(pc.fill_null(ended, False)))
