"""Database engines as Hearth needs them: durable, one writer at a time, silent about values."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from hearth.errors import SettingsError
from hearth.private_files import make_private_file

_STATEMENTS_KEPT = 512  # ready in each connection: inserts of any number of rows; see `inserts`
_BUSY_TIMEOUT_MS = 30_000  # longest wait for another process's write to end
_CLEARING_TIMEOUT_MS = 1_000  # writers wait while the write-ahead log is emptied
_CONNECT_TIMEOUT_S = 10  # of a server that does not answer, rather than refuses
_READS_ONLY = "hearth_reads_only"
_QUICK_COMPRESSION = """
    SELECT set_config(name, 'lz4', false) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
"""  # of what scores say: PostgreSQL's older way takes several times as long
_FORMS = "sqlite:////folder/records.db or postgresql://user@host/name"


def open_engine(url: str) -> Engine:
    """Engine of a SQLite file or a PostgreSQL database, set up to lose nothing it has confirmed.

    A transaction begun on it is meant to write: on SQLite it takes the write lock at once, so that it
    waits its turn at the start and never fails halfway. Use `reading` where nothing is written.
    Statement parameters never appear in errors or logs.

    Parameters
    ----------
    url
        `sqlite:///path` or `postgresql://…`; the folder of a SQLite file is made if it is missing.

    Raises
    ------
    SettingsError
        If the URL names no file or another kind of database.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError(f"a database URL cannot be read; write it as {_FORMS}") from None
    backend = address.get_backend_name()
    if backend not in _OPENERS:
        raise SettingsError(
            f"a database URL names `{backend}`, which Hearth does not use; write {_FORMS}"
        )
    return _OPENERS[backend](address)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Connection in one transaction that sees one state of the database and may not write."""
    options: dict[str, Any] = {_READS_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Connection in one transaction that is durable once the block ends, and undone if it raises."""
    with engine.begin() as connection:
        yield connection


def clear_side_file(engine: Engine) -> bool:
    """Whether SQLite's write-ahead log is emptied, so that nothing erased can be read from it.

    False where somebody reads or writes all the while: then ask again later. PostgreSQL has no such
    file; there this does nothing.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()  # a checkpoint cannot be made within a transaction
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_CLEARING_TIMEOUT_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        outcome = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    finally:
        connection.close()
    return outcome is not None and outcome[0] == 0  # 1: somebody was in the way


def _open_sqlite(address: URL) -> Engine:
    if not address.database or address.database == ":memory:" or "mode=memory" in address.database:
        raise SettingsError(
            f"a database URL names no file, and records must outlive the process; write {_FORMS}"
        )
    make_private_file(Path(address.database))  # SQLite gives its side files the same mode
    kept = {"cached_statements": _STATEMENTS_KEPT}
    engine = create_engine(address, hide_parameters=True, connect_args=kept)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(address: URL) -> Engine:
    # pre-ping: a restarted server costs one lost connection, not one lost answer
    query = {"connect_timeout": str(_CONNECT_TIMEOUT_S), **address.query}
    engine = create_engine(
        address.set(drivername="postgresql+psycopg", query=query),
        hide_parameters=True,
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is below
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")  # else what a statement may undo goes to /var/tmp
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten in its page
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    if connection.info.get(_READS_ONLY) is not reads_only:  # as it was last used
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
        connection.info[_READS_ONLY] = reads_only
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _prepare_postgresql(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.prepared_max = _STATEMENTS_KEPT
    dbapi_connection.prepare_threshold = 0  # at once: an insert of many rows takes long to read
    with dbapi_connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")  # whatever the server's default
        cursor.execute(_QUICK_COMPRESSION)
    dbapi_connection.commit()


_OPENERS = {"sqlite": _open_sqlite, "postgresql": _open_postgresql}
