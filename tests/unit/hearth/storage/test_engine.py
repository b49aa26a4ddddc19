import stat
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from hearth.errors import SettingsError
from hearth.storage.engine import clear_side_file, open_engine, reading, writing
from hearth.storage.schema import scores


@pytest.fixture
def sqlite(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'records.db'}")
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("secure_delete", 1),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_sqlite_is_opened_to_lose_nothing(sqlite, pragma, expected):
    with reading(sqlite) as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == expected


def test_a_sqlite_file_of_personal_data_is_its_owners_alone(sqlite, tmp_path):
    with writing(sqlite) as connection:
        connection.execute(text("CREATE TABLE a (b)"))
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "new").iterdir()}
    assert modes == {0o600}


def test_nothing_erased_can_be_read_from_the_files_of_sqlite(sqlite, tmp_path):
    for statement in (
        "CREATE TABLE a (b)",
        "INSERT INTO a VALUES ('marked-value'), ('kept')",
        "UPDATE a SET b = NULL WHERE b <> 'kept'",
    ):
        with writing(sqlite) as connection:
            connection.execute(text(statement))
    assert clear_side_file(sqlite)
    files = list((tmp_path / "new").iterdir())
    assert not [file.name for file in files if b"marked-value" in file.read_bytes()]


def test_what_a_statement_may_undo_goes_to_no_file_elsewhere(sqlite):
    with writing(sqlite) as connection:
        assert connection.scalar(text("PRAGMA temp_store")) == 2  # in memory


def test_a_side_file_that_is_being_read_is_left_for_later(sqlite):
    with writing(sqlite) as connection:
        connection.execute(text("CREATE TABLE a (b)"))
    with reading(sqlite) as connection:
        connection.execute(text("SELECT * FROM a")).all()
        with writing(sqlite) as other:
            other.execute(text("INSERT INTO a VALUES (1)"))
        assert not clear_side_file(sqlite)
    assert clear_side_file(sqlite)


def test_a_writer_takes_its_turn_before_it_reads(sqlite):
    with writing(sqlite) as connection:
        connection.execute(text("SELECT 1"))
        with reading(sqlite) as other:
            other.exec_driver_sql("PRAGMA query_only = OFF")
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
            with pytest.raises(DBAPIError, match="locked"):
                other.exec_driver_sql("CREATE TABLE a (b)")


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://council@db/records", "postgres://db/records", "x"],
)
def test_a_url_that_cannot_keep_records_is_refused(url):
    with pytest.raises(SettingsError, match="a database URL"):
        open_engine(url)


def test_a_refused_url_does_not_repeat_its_password():
    with pytest.raises(SettingsError) as refusal:
        open_engine("mysql://council:sesame@db/records")
    assert "sesame" not in str(refusal.value)


def test_reading_cannot_write(records):
    with reading(records) as connection, pytest.raises(DBAPIError):
        connection.execute(insert(scores), [_score("a")])


def test_what_reading_refused_writing_may_do_on_the_same_connection(records):
    with reading(records):
        pass
    with writing(records) as connection:
        connection.execute(insert(scores), [_score("a")])
    with reading(records) as connection:
        assert connection.execute(scores.select()).one().score_id == "a"


def test_a_block_that_raises_leaves_nothing(records):
    def fail_after_a_row():
        with writing(records) as connection:
            connection.execute(insert(scores), [_score("a")])
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_a_row()
    with reading(records) as connection:
        assert connection.execute(scores.select()).all() == []


def test_an_error_of_the_database_shows_no_parameters(records):
    with writing(records) as connection:
        connection.execute(insert(scores), [_score("a")])
    with pytest.raises(DBAPIError) as refusal, writing(records) as connection:
        connection.execute(insert(scores), [_score("a") | {"subject_ref": "marked-value"}])
    assert "marked-value" not in str(refusal.value)


def _score(score_id):
    return {
        "score_id": score_id,
        "model": "unlicensed_hmo",
        "version": "1",
        "subject_ref": None,
        "as_of": datetime(2026, 11, 1, tzinfo=UTC).date(),
        "payload": {"probability": 0.25},
        "created_at": datetime(2026, 11, 2, tzinfo=UTC),
        "key_id": "k",
    }
