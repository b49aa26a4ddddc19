"""Identities: every different spelling of every person in a list, standardised and numbered."""

from collections.abc import Callable, Mapping
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from features.linkage.standardise import (
    standardise_forename,
    standardise_number,
    standardise_postcode,
    standardise_surname,
)
from hearth.linkage_settings import IDENTITY_FIELDS
from hearth.source_contract import PersonLink

SCHEMA: Final = pa.schema(
    {
        "source": pa.string(),
        "owner": pa.string(),
        "forename": pa.string(),
        "surname": pa.string(),
        "date_of_birth": pa.date32(),
        "postcode": pa.string(),
        "number": pa.string(),
    }
)
_STANDARD: Final[Mapping[str, Callable[[str | None], str | None]]] = {
    "forename": standardise_forename,
    "surname": standardise_surname,
    "postcode": standardise_postcode,
    "number": standardise_number,
}


def identities(table: pa.Table, link: PersonLink, *, source: str) -> pa.Table:
    """Different spellings in a table, one row each: `source`, `owner` and the fields (see SCHEMA).

    Parameters
    ----------
    table
        Rows of a source.
    link
        Which columns hold the owner's reference and the fields; a field without one is null.
    source
        Name of the source.
    """
    columns = {
        "source": pa.repeat(source, len(table)),
        "owner": table[link.reference].cast("string"),
    }
    for field in IDENTITY_FIELDS:
        name = getattr(link, field)
        given = pa.nulls(len(table), SCHEMA.field(field).type) if name is None else table[name]
        columns[field] = given if field == "date_of_birth" else _standardised(field, given)
    known = pa.table(columns, schema=SCHEMA).filter(pc.is_valid(columns["owner"]))
    return known.group_by(known.column_names, use_threads=False).aggregate([])


def held_fields(link: PersonLink) -> frozenset[str]:
    """Fields for which a contract names a column."""
    return frozenset(field for field in IDENTITY_FIELDS if getattr(link, field) is not None)


def number_spellings(
    connection: duckdb.DuckDBPyConnection,
    identities: pa.Table,
    *,
    into: str,
    fields: frozenset[str],
) -> int:
    """Put spellings into the table `into`, their holders into `into_holders`; how many spellings.

    A spelling stands once, however many people hold it: `unique_id` and the fields. A holder is
    `unique_id`, `source` and `owner`. Numbers follow the fields' order, so that they never depend
    on that of the rows.
    """
    names = ", ".join(f'"{field}"' for field in IDENTITY_FIELDS if field in fields)
    connection.register("given", identities)
    connection.execute(
        f"CREATE TABLE {into}_holders AS "  # noqa: S608 - names are this module's own
        f"SELECT dense_rank() OVER (ORDER BY {names}) AS unique_id, source, owner, {names} FROM given"
    )
    connection.unregister("given")
    connection.execute(
        f"CREATE TABLE {into} AS SELECT DISTINCT unique_id, {names} FROM {into}_holders "  # noqa: S608 - as above
        "ORDER BY unique_id"
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {into}_holders AS "  # noqa: S608 - as above
        f"SELECT DISTINCT unique_id, source, owner FROM {into}_holders"
    )
    (count,) = connection.execute(f"SELECT count(*) FROM {into}").fetchone() or (0,)  # noqa: S608 - as above
    return int(count)


def _standardised(field: str, column: pa.ChunkedArray) -> pa.Array:
    """Column in one spelling; each different value is standardised once."""
    whole = pa.chunked_array(column) if isinstance(column, pa.Array) else column
    encoded = whole.cast("string").combine_chunks().dictionary_encode()
    spelt = [_STANDARD[field](value) for value in encoded.dictionary.to_pylist()]
    return pa.array(spelt, pa.string()).take(encoded.indices)
