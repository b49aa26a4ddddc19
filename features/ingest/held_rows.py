"""Rows held from earlier extracts, shaped and judged by the contract of now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.coerce import ARROW_TYPES, Coerced, coerce
from features.ingest.copies import first_of_copies
from features.ingest.extract import Extract
from features.ingest.quality import Finding, examine
from features.ingest.quarantine import quarantine
from features.ingest.row_keys import repeated_keys
from hearth.errors import DataError, Fault
from hearth.source_contract import Column, ColumnType, SourceContract


@dataclass(frozen=True)
class HeldRows:
    """Rows that stay, in the types of the contract of now, and those that it sets aside.

    Attributes
    ----------
    table : pa.Table
        The rows that stay, in the order they were held.
    set_aside : pa.Table
        As `quarantine` gives it; `row` is null, as no file shows these rows.
    duplicates : int
        Rows dropped because only a column that is gone told them apart.
    dropped_columns : tuple of str
        Columns that were held and that the contract no longer has.
    """

    table: pa.Table
    set_aside: pa.Table
    duplicates: int
    dropped_columns: tuple[str, ...]

    def as_json(self, *, run_on: date, contract_sha256: str) -> dict[str, Any]:
        """What the manifest says of the judgement."""
        return {
            "contract_sha256": contract_sha256,
            "judged_on": run_on.isoformat(),
            "rows": len(self.table),
            "duplicates": self.duplicates,
            "quarantined": len(self.set_aside),
            "dropped_columns": list(self.dropped_columns),
        }


def judge_again(
    contract: SourceContract,
    held: pa.Table,
    *,
    run_on: date,
    pseudonymised: Collection[str],
    shown: Path,
) -> HeldRows:
    """Rows held from earlier extracts, by every rule of the contract of now.

    Parameters
    ----------
    contract, held
        The contract as it is now, and rows in the types it had then.
    run_on
        Day of the run.
    pseudonymised
        Columns in which a pseudonym stands: what its contract says is of the number it replaced.
    shown
        Folder of the snapshot, as messages name it.

    Raises
    ------
    DataError
        If the rows lack a column that may not be missing, or more of them break a rule than the
        contract lets be set aside. What is held then stays as it is.
    """
    judged_by = _for_held_rows(contract, pseudonymised)
    again = f"delete {shown} and take the extracts in again, one after the other"
    if faults := list(_lacking(judged_by, held, again)):
        raise DataError(faults)
    rows = _read_again(judged_by, held)
    examined = examine(judged_by, rows, run_on=run_on)
    findings = list(examined.findings)
    if contract.row_key is not None:
        repeated = repeated_keys(contract, examined.table)
        findings.append(Finding(contract.row_key, "stands on more than one row", repeated))
    usable = np.ones(len(held), dtype=bool)
    for finding in findings:
        usable &= ~finding.rows
    if len(held) - usable.sum() > contract.quality.quarantine_at_most * len(held):
        raise DataError(_broken(contract, findings, len(held), again))
    staying = np.flatnonzero(usable)
    first = first_of_copies(examined.table, staying)
    return HeldRows(
        examined.table.take(pa.array(first)),
        _set_aside(rows, findings, run_on),
        len(staying) - len(first),
        tuple(name for name in held.column_names if name not in contract.columns),
    )


def _for_held_rows(contract: SourceContract, pseudonymised: Collection[str]) -> SourceContract:
    """The contract as it can be asked of rows held: whenever they came, and under a pseudonym."""
    named = {
        name: Column(type=ColumnType.STRING, missing=column.missing)
        for name, column in contract.columns.items()
        if name in pseudonymised
    }
    read = contract.read.model_copy(update={"extracted_on": None})
    return contract.model_copy(update={"columns": contract.columns | named, "read": read})


def _lacking(contract: SourceContract, held: pa.Table, again: str) -> list[Fault]:
    found = f"is new, and {len(held):,} rows held from earlier extracts lack it"
    return [
        Fault(_file(contract), f"columns.{name}", found, f"write `missing: allowed`, or {again}")
        for name, column in contract.columns.items()
        if name not in held.column_names and column.missing == "refused" and len(held)
    ]


def _read_again(contract: SourceContract, held: pa.Table) -> Extract:
    """Rows held as if they were an extract: in the types of now, with what is not of them marked."""
    columns = {}
    for name, column in contract.columns.items():
        kind = ARROW_TYPES[column.type]
        if name in held.column_names:
            values = held[name].combine_chunks()
        else:
            values = pa.nulls(len(held), kind)
        columns[name] = Coerced.joined([coerce(values, column, contract.read)], kind)
    return Extract(columns, np.arange(len(held)), (), (), "")


def _broken(
    contract: SourceContract, findings: list[Finding], rows: int, again: str
) -> list[Fault]:
    """Every rule that held rows break, where too many do."""
    most = contract.quality.quarantine_at_most
    remedy = f"mend the rule, agree another quality.quarantine_at_most than {most:.2%}, or {again}"
    return [
        Fault(
            _file(contract),
            f"columns.{finding.column}",
            f"{finding.reason} in {int(finding.rows.sum()):,} of {rows:,} rows held from earlier extracts",
            remedy,
        )
        for finding in findings
        if finding.rows.any()
    ]


def _set_aside(rows: Extract, findings: list[Finding], run_on: date) -> pa.Table:
    table = quarantine(rows, findings)
    said = pa.scalar(f"held, and by the contract of {run_on}: ")
    reasons = pc.binary_join_element_wise(said, table["reasons"], "")
    table = table.set_column(0, "row", pa.nulls(len(table), pa.int64()))
    return table.set_column(1, "reasons", reasons)


def _file(contract: SourceContract) -> str:
    return f"features/sources/{contract.source}.yaml"
