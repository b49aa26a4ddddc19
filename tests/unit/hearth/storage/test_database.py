import multiprocessing
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from hearth.errors import StateError
from hearth.storage import database
from hearth.storage.database import LATEST_REVISION, open_records
from hearth.storage.engine import open_engine, reading, writing
from hearth.storage.schema import api_keys


def test_migrations_make_the_tables_of_the_schema(records):
    with reading(records) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, api_keys.metadata) == []


def test_the_latest_revision_is_the_last_migration():
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == LATEST_REVISION


def test_opening_again_changes_nothing(records, records_url):
    with writing(records) as connection:
        connection.execute(text("CREATE TABLE kept (a INTEGER)"))
    again = open_records(records_url)
    assert inspect(again).has_table("kept")
    again.dispose()


def test_a_database_of_a_newer_release_is_refused(records, records_url):
    with writing(records) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match="revision 9999"):
        open_records(records_url)


def test_a_migration_that_fails_leaves_no_table(records_url):
    engine = open_engine(records_url)
    with writing(engine) as connection:  # stands in the way of the last statements
        connection.execute(text("CREATE TABLE decisions (a INTEGER)"))
    with pytest.raises(Exception, match="decisions"):
        open_records(records_url)
    assert inspect(engine).get_table_names() == ["decisions"]
    engine.dispose()


def test_several_processes_may_open_a_new_database_at_once(records_url):
    spawn = multiprocessing.get_context("spawn")
    starts = [spawn.Process(target=_open, args=(records_url,)) for _ in range(4)]
    for process in starts:
        process.start()
    for process in starts:
        process.join()
    assert [process.exitcode for process in starts] == [0, 0, 0, 0]


def test_opening_an_up_to_date_database_loads_no_alembic(records, records_url):
    program = (
        "import sys; from hearth.storage.database import open_records; "
        "open_records(sys.argv[1]).dispose(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, records_url], check=True)


def _open(url):
    open_records(url).dispose()
