"""An extract sifted: which of its rows can be used, which are copies, and which are set aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.ingest.copies import first_of_copies, rows_alike
from features.ingest.extract import Extract
from features.ingest.quality import Finding, Flags, describe, examine
from features.ingest.quarantine import quarantine, threshold_faults
from features.ingest.row_keys import held_keys, repeated_keys, replacement_findings
from hearth.errors import DataError, Fault
from hearth.source_contract import SourceContract


@dataclass(frozen=True)
class Sifted:
    """What became of the rows of an extract, and of those held from earlier ones.

    Attributes
    ----------
    table : pa.Table
        Rows held before, then the rows of the extract, in the contract's types.
    held : int
        How many rows were held before; the first of the table.
    kept : int64 array
        Positions of the rows to keep, ascending; all that were held are among them.
    numbers : pa.Array
        Numbers in the file of the extract's rows.
    """

    table: pa.Table
    held: int
    kept: npt.NDArray[np.int64]
    numbers: pa.Array
    duplicates: int
    findings: tuple[Finding, ...]
    described: tuple[dict[str, object], ...]
    quarantine: pa.Table
    misshapen: int
    ignored_columns: tuple[str, ...]
    faults: tuple[Fault, ...]
    is_new: bool = True

    @property
    def new(self) -> npt.NDArray[np.int64]:
        """Positions of the rows kept from this extract."""
        return self.kept[self.kept >= self.held]


def sift_extract(
    contract: SourceContract,
    extract: Extract,
    held: pa.Table | None,
    *,
    run_on: date,
    known_as: Callable[[pa.Table], pa.Table],
) -> Sifted:
    """Rows of an extract, sifted by every rule of its contract.

    Parameters
    ----------
    contract, extract
        What the table should be, and what it is.
    held
        Rows held from earlier extracts, where extracts add; None otherwise.
    run_on
        Day of the run.
    known_as
        Puts pseudonyms in place of persons' numbers.
    """
    examined = examine(contract, extract, run_on=run_on)
    examined = replace(examined, table=known_as(examined.table))
    findings = [*examined.findings, *replacement_findings(contract, examined.table, held)]
    usable = np.flatnonzero(~_any(findings, len(examined.table)))
    before = 0 if held is None else len(held)
    table = _joined(contract, held, examined.table)
    first = first_of_copies(table, np.concatenate([np.arange(before), usable + before]))
    single = first[first >= before] - before
    findings += _key_findings(contract, examined.table, single, held)
    findings = [finding for finding in findings if finding.rows.any()]
    kept = single[~_any(findings, len(examined.table))[single]]
    set_aside = quarantine(extract, findings)
    return Sifted(
        table=table,
        held=before,
        kept=np.concatenate([np.arange(before), kept + before]),
        numbers=extract.numbers,
        duplicates=len(usable) - len(single),
        findings=tuple(findings),
        described=tuple(describe(findings, extract.numbers)),
        quarantine=set_aside,
        misshapen=len(extract.misshapen),
        ignored_columns=extract.ignored_columns,
        faults=tuple(threshold_faults(contract, extract, findings, len(set_aside))),
    )


def nothing_new(held: pa.Table) -> Sifted:
    """What is held, where the extract was taken in before."""
    nothing = pa.table({"row": pa.array([], pa.int64()), "reasons": pa.array([], pa.string())})
    kept, numbers = np.arange(len(held)), pa.array([], pa.int64())
    return Sifted(held, len(held), kept, numbers, 0, (), (), nothing, 0, (), (), is_new=False)


def _key_findings(
    contract: SourceContract,
    table: pa.Table,
    rows: npt.NDArray[np.int64],
    held: pa.Table | None,
) -> list[Finding]:
    """Row keys that stand on more than one of these rows, or on a row that is held already."""
    if contract.row_key is None or contract.has_versions:
        return []
    dated = (contract.knowledge_date, contract.event_date, contract.starts_on)
    columns = dict.fromkeys([contract.row_key, *(name for name in dated if name is not None)])
    taken, repeated = (np.zeros(len(table), dtype=bool) for _ in range(2))
    if held is not None:
        keys = table.select([contract.row_key]).take(pa.array(rows))
        taken[rows] = held_keys(contract, keys, held)
    suspects = rows_alike(table.select([contract.row_key]), rows)
    alike = table.select(list(columns)).take(pa.array(suspects))
    repeated[suspects] = repeated_keys(contract, alike) & ~taken[suspects]
    return [
        Finding(contract.row_key, "stands on more than one row", repeated),
        Finding(contract.row_key, "stands on another row that is held already", taken),
    ]


def _joined(contract: SourceContract, held: pa.Table | None, new: pa.Table) -> pa.Table:
    """Rows held, then those of the extract.

    Raises
    ------
    DataError
        If what is held has other columns than the contract has now.
    """
    if held is None:
        return new
    if held.schema.equals(new.schema):
        return pa.concat_tables([held, new])
    found = "has other columns or types than the rows held from earlier extracts"
    remedy = "give the new columns to a source of their own, or delete the snapshot and start again"
    file = f"features/sources/{contract.source}.yaml"
    raise DataError([Fault(file, "columns", found, remedy)])


def _any(findings: Sequence[Finding], rows: int) -> Flags:
    """Rows with any of these faults, (rows,)."""
    faulty = np.zeros(rows, dtype=bool)
    for finding in findings:
        faulty |= finding.rows
    return faulty
