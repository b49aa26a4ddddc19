"""Rows that are alike in every column, found by a hash of each row and then compared in full."""

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions = npt.NDArray[np.int64]


def first_of_copies(table: pa.Table, rows: Positions) -> Positions:
    """Positions of the first of each set of rows that are alike in every column, in their order.

    Parameters
    ----------
    table
        Any table.
    rows
        Positions of the rows to look at, ascending.
    """
    suspects = rows_alike(table, rows)
    if len(suspects) == 0:
        return rows
    chosen = table.take(pa.array(suspects)).append_column("#", pa.array(suspects))
    first = chosen.group_by(table.column_names, use_threads=False).aggregate([("#", "min")])
    copies = np.setdiff1d(suspects, first["#_min"].to_numpy())
    return rows[~np.isin(rows, copies)]


def rows_alike(table: pa.Table, rows: Positions) -> Positions:
    """Positions, among `rows`, of those whose hash over all columns another of them has too.

    Rows that are alike are among them; seldom, two that are not.
    """
    return rows[_shared(_hashes(table)[rows])]


def _hashes(table: pa.Table) -> npt.NDArray[np.uint64]:
    """A hash of each row, (rows,)."""
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    with duckdb.connect() as connection:
        connection.register("held", table)
        query = f"SELECT hash({columns}) AS hash FROM held"  # noqa: S608 - names of a contract
        found = connection.execute(query).to_arrow_table()
    return np.asarray(found["hash"].combine_chunks())


def _shared(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether another row has the same hash, (rows,)."""
    order = np.argsort(hashes, kind="stable")
    alike = hashes[order[1:]] == hashes[order[:-1]]
    shared = np.zeros(len(hashes), dtype=bool)
    shared[order[1:]] |= alike
    shared[order[:-1]] |= alike
    return shared
