"""Many rows in few statements, each compiled once: what a group commit costs is mostly this."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Raw
from sqlalchemy import JSON, Column, Connection, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

_ANY_NUMBER = 64  # rows up to which a statement is made for each number; above, for powers of two
_MOST_ROWS = 256  # of one statement; with 16 columns still half of what SQLite takes in values


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns in the same order.

    Parameters
    ----------
    rows
        Values as the table's columns take them; a `msgspec.Raw` is JSON that goes in as it stands.
    """
    columns = tuple(rows[0])
    converters = _converters(connection.dialect, table, columns)
    values = [
        value if convert is None or value is None else convert(value)
        for row in rows
        for value, convert in zip(row.values(), converters, strict=True)
    ]
    insert_values(connection, table, columns, values)


def insert_values(
    connection: Connection, table: Table, columns: tuple[str, ...], values: Sequence[Any]
) -> None:
    """Insert rows given as one flat list, each value as the driver takes it."""
    width, done, left = len(columns), 0, len(values) // len(columns)
    execute = _execute_numbered if connection.dialect.name == "postgresql" else _execute
    while left:
        rows = left if left <= _ANY_NUMBER else min(_MOST_ROWS, 1 << (left.bit_length() - 1))
        following = done + rows * width
        execute(
            connection,
            _statement(connection.dialect.name, table, columns, rows),
            values[done:following],
        )
        done, left = following, left - rows


def _execute(connection: Connection, statement: str, values: Sequence[Any]) -> None:
    connection.exec_driver_sql(statement, tuple(values))


def _execute_numbered(connection: Connection, statement: str, values: Sequence[Any]) -> None:
    """As `_execute`, of places that PostgreSQL numbers itself.

    psycopg goes through a statement in search of its own places, each time anew where there are
    many: a third of what a group commit costs.
    """
    psycopg: Any = connection.dialect.dbapi
    given: Any = connection.connection.driver_connection
    try:
        with psycopg.RawCursor(given) as cursor:
            cursor.execute(statement.encode(), values)
    except psycopg.Error as error:
        is_lost = connection.dialect.is_disconnect(error, given, None)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=connection.dialect,
        ) from error


@cache
def _statement(dialect: str, table: Table, columns: tuple[str, ...], rows: int) -> str:
    places = [f"${number}" for number in range(1, rows * len(columns) + 1)]
    if dialect != "postgresql":
        places = ["?"] * len(places)
    listed = (
        f"({', '.join(places[at : at + len(columns)])})"
        for at in range(0, len(places), len(columns))
    )
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {', '.join(listed)}"  # noqa: S608 - our own names


@cache
def _converters(
    dialect: Dialect, table: Table, columns: tuple[str, ...]
) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(_converter(dialect, table.c[name]) for name in columns)


def _converter(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of a column into what the driver takes, if anything must."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if not isinstance(column.type, JSON) or convert is None:
        return convert
    return lambda value: str(value, "utf-8") if type(value) is Raw else convert(value)
