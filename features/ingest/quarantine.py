"""Rows set aside as unusable, each with its number and its reasons; too many stop the build."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.artefacts import read_table
from features.ingest.extract import Extract
from features.ingest.quality import Finding, describe
from hearth.errors import Fault
from hearth.source_contract import SourceContract

_MISSHAPEN = "has too few or too many fields"


def quarantine(held: Extract, findings: Sequence[Finding]) -> pa.Table:
    """Unusable rows, with what could not be read as the extract writes it.

    Returns
    -------
    pa.Table
        `row` (the number that `Extract.numbers` gives it), `reasons`, and the contract's columns as
        text; misshapen rows have their number and reason only.
    """
    reasons: dict[int, list[str]] = {}
    for finding in findings:
        for place in np.flatnonzero(finding.rows).tolist():
            reasons.setdefault(place, []).append(f"{finding.column} {finding.reason}")
    places = sorted(reasons)
    taken = held.as_written(np.array(places, dtype=np.int64))
    numbers = held.numbers[np.array(places, dtype=np.int64)].tolist()
    lost = len(held.misshapen)
    return pa.table(
        {
            "row": pa.array([*numbers, *held.misshapen], pa.int64()),
            "reasons": pa.array(
                [*("; ".join(reasons[p]) for p in places), *[_MISSHAPEN] * lost], pa.string()
            ),
            **{
                column: pa.chunked_array(
                    [*taken[column].chunks, pa.nulls(lost, taken[column].type)]
                )
                for column in taken.column_names
            },
        }
    )


def with_earlier(set_aside: Sequence[pa.Table], earlier: Path) -> pa.Table:
    """Rows set aside, after those of earlier extracts; all as text."""
    tables = [read_table(earlier), *set_aside] if earlier.exists() else set_aside
    return pa.concat_tables(map(_as_text, tables), promote_options="default")


def _as_text(table: pa.Table) -> pa.Table:
    """Columns as text, the row number aside: extracts may write one column in several types."""
    fields = [f if f.name == "row" else f.with_type(pa.string()) for f in table.schema]
    return table.cast(pa.schema(fields))


def threshold_faults(
    contract: SourceContract, held: Extract, findings: Sequence[Finding], quarantined: int
) -> list[Fault]:
    """Faults where more rows are unusable than the contract allows, or none is usable.

    Every rule broken is named, how often, and the numbers of the first rows.
    """
    rows, most = len(held.numbers) + len(held.misshapen), contract.quality.quarantine_at_most
    if quarantined <= most * rows and quarantined < rows:
        return []
    file = contract.read.place
    faults = [
        Fault(
            file, f["column"], f"{f['reason']} in {rows_in_words(f['rows'], f['first_rows'])}", ""
        )
        for f in describe(findings, held.numbers)
    ]
    if held.misshapen:
        where = rows_in_words(len(held.misshapen), held.misshapen[:5])
        faults.append(Fault(file, "", f"{_MISSHAPEN} in {where}", ""))
    found = f"has {quarantined} unusable rows of {rows}; its contract allows {most:.2%}"
    remedy = "have the extract mended, or agree another quality.quarantine_at_most"
    if contract.read.has_lines:
        remedy += "; rows are numbered as the file shows them, the header being row 1"
    return [*faults, Fault(file, "", found, remedy)]


def rows_in_words(count: int, first: Sequence[int]) -> str:
    """Count of rows and the numbers of the first, in words."""
    if count == 1:
        return f"row {first[0]}"
    return f"{count} rows: {', '.join(map(str, first))}{' …' if count > len(first) else ''}"
