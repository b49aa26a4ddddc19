"""Opening the records database, with its tables as this release needs them."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from hearth.errors import StateError
from hearth.storage.engine import open_engine, reading, writing

LATEST_REVISION = "0005"
"""Newest migration of this release; a test holds it to the migrations folder."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x48_45_41_52_54_48_4D  # "HEARTHM": one process migrates, the others wait


def open_records(url: str) -> Engine:
    """Engine of the records database, made or migrated first if need be.

    Any number of processes may open a new database at once: one makes it, the others wait. Opening a
    database that is up to date costs one query and does not load Alembic.

    Parameters
    ----------
    url
        `sqlite:///path` or `postgresql://…`, as `settings.records_url`.

    Raises
    ------
    SettingsError
        If the URL names no file or another kind of database.
    StateError
        If the database was written by a newer release.
    """
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            revision = _revision(connection)
        if revision != LATEST_REVISION:
            _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(engine: Engine) -> None:
    # Alembic takes longer to import than all the rest here, and a service seldom needs it.
    from alembic import command  # noqa: PLC0415 - slow to load
    from alembic.config import Config  # noqa: PLC0415 - slow to load
    from alembic.util import CommandError  # noqa: PLC0415 - slow to load

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK}
            )
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StateError(
                f"the records database is at revision {_revision(connection)}, and this release knows none "
                f"after {LATEST_REVISION}; open it with the release of Hearth that wrote it"
            ) from None
