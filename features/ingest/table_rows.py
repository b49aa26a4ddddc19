"""Rows of a database table, read by URL in one consistent and read-only transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import psycopg
import sqlalchemy as sa
from psycopg.types.string import TextLoader
from sqlalchemy.exc import ArgumentError, DBAPIError

from features.ingest.cells import as_array
from features.ingest.file_kinds import refused
from features.ingest.rows import Opened, Positions, Rows
from hearth.errors import DataError
from hearth.settings import source_url
from hearth.source_contract import Read

_ROWS = 50_000
_FORMS = "postgresql://user:password@host/name or sqlite:////folder/file.db"
_PLACE = "Europe/London"  # where the day of a moment is read off, whatever the server's own place
_NOT_PERMITTED = "42501"  # PostgreSQL, Appendix A: insufficient_privilege
_REFUSALS = (
    ("password authentication failed", "refuses the user or the password"),
    ("no password supplied", "refuses the user or the password"),
    ("does not exist", "has no such database or user"),
)


@contextmanager
def open_table(read: Read) -> Iterator[Opened]:
    """Columns of a table or view, and its rows to come, numbered from 1 as they are read.

    Rows stream in batches from a cursor on the server. No message repeats the URL, what the database
    says, or a value.
    """
    engine = _engine(read)
    try:
        with _connected(engine, read) as connection:
            columns = _columns(connection, read)

            def rows(positions: Positions) -> Iterator[Rows]:
                names = list(columns)
                wanted = {c: columns[names[at]] for c, at in positions.items()}
                yield from _rows(connection, read, wanted)

            yield Opened(list(columns), rows)
    except DBAPIError as error:
        raise _unread(read, getattr(error.orig, "sqlstate", None)) from None
    finally:
        engine.dispose()


def _engine(read: Read) -> sa.Engine:
    variable = str(read.url_from)
    url = source_url(variable)
    if not url:
        raise refused(read, f"has no URL: {variable} is not set", f"set it, such as {_FORMS}")
    try:
        address = sa.make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError):
        raise refused(
            read, f"has a URL that cannot be read in {variable}", f"write {_FORMS}"
        ) from None
    if backend == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    elif backend == "sqlite" and address.database:
        address = address.set(
            drivername="sqlite",
            database=f"file:{address.database}",
            query={"mode": "ro", "uri": "true"},
        )  # a file that is not there is not made
    else:
        raise refused(
            read, f"is in a kind of database Hearth does not read: {variable}", f"write {_FORMS}"
        )
    return sa.create_engine(address, hide_parameters=True, poolclass=sa.NullPool)


@contextmanager
def _connected(engine: sa.Engine, read: Read) -> Iterator[sa.Connection]:
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise _unreachable(read, str(error.orig)) from None
    with connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def _unread(read: Read, sqlstate: str | None) -> DataError:
    if sqlstate == _NOT_PERMITTED:
        remedy = "have its keeper grant SELECT on it"
        return refused(read, "may not be read by the user of that URL", remedy)
    return refused(
        read, "could not be read to its end", "see the database's own log, and try again"
    )


def _unreachable(read: Read, said: str) -> DataError:
    found = next((words for sign, words in _REFUSALS if sign in said), "cannot be reached")
    remedy = f"mend the URL in {read.url_from}, or ask who keeps the database"
    return refused(read, f"is in a database that {found}", remedy)


def _columns(connection: sa.Connection, read: Read) -> dict[str, sa.ColumnElement[Any]]:
    """Columns of the table, each as it is to be selected: a moment as its day."""
    schema, _, name = str(read.table).rpartition(".")
    inspector = sa.inspect(connection)
    has_schema = not schema or schema in inspector.get_schema_names()
    if not has_schema or not inspector.has_table(name, schema or None):
        remedy = "mend read.table, or have that user allowed to see it"
        raise refused(read, "is a table the database lacks", remedy)
    held = inspector.get_columns(name, schema or None)
    return {column["name"]: _selected(column["name"], column["type"]) for column in held}


def _selected(name: str, kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.column(name), sa.Date) if isinstance(kind, sa.DateTime) else sa.column(name)


def _rows(
    connection: sa.Connection, read: Read, wanted: dict[str, sa.ColumnElement[Any]]
) -> Iterator[Rows]:
    schema, _, name = str(read.table).rpartition(".")
    query = sa.select(*wanted.values()).select_from(sa.table(name, schema=schema or None))
    if connection.dialect.name == "postgresql":
        _ask_for_text(connection)
    last = 0
    streamed = connection.execute(query, execution_options={"yield_per": _ROWS})
    for batch in streamed.partitions():
        values = zip(*batch, strict=True)
        columns = {c: as_array(v) for c, v in zip(wanted, values, strict=True)}
        yield Rows(columns, np.arange(last + 1, last + len(batch) + 1))
        last += len(batch)


def _ask_for_text(connection: sa.Connection) -> None:
    """Have PostgreSQL's own text for every value: it is exact, and knows days that Python does not."""
    connection.exec_driver_sql("SET LOCAL datestyle TO ISO")
    connection.exec_driver_sql(f"SET LOCAL timezone TO '{_PLACE}'")
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    adapters = driver.adapters
    for kind in adapters.types:
        adapters.register_loader(kind.oid, TextLoader)
