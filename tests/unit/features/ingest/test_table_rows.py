"""Tables by URL, on SQLite and on a real PostgreSQL."""

from datetime import date

import psycopg
import pytest
import sqlalchemy as sa

from features.ingest import table_rows
from features.ingest.extract import read_extract
from features.ingest.intake import take_snapshot
from features.ingest.snapshot import read_snapshot, snapshot_manifest
from hearth.errors import DataError
from hearth.source_contract import SourceContract

VARIABLE = "HEARTH_REVENUES_URL"
RUN_ON = date(2024, 7, 1)
SECRET = "hunter2"


def _contract(table, **columns):
    kinds = {"ref": "string", "uprn": "uprn", "on": "date", "amount": "number", "open": "boolean"}
    return SourceContract.model_validate(
        {
            "source": "accounts",
            "title": "Accounts",
            "description": "One row an account.",
            "kind": "event",
            "read": {"table": table, "url_from": VARIABLE, "rename": {"Opened On": "on"}},
            "about": "property",
            "key": "uprn",
            "event_date": "on",
            "recording_lag": {"period": "1d", "because": "they are typed in overnight"},
            "law": {
                "controller": "Example Borough Council",
                "lawful_basis": "public_task",
                "power": "Local Government Finance Act 1992, s. 6",
                "purposes": ["housing_standards"],
                "retention": "6y",
            },
            "columns": {n: {"type": k, "missing": "allowed"} for n, k in kinds.items()} | columns,
            "quality": {"quarantine_at_most": "60%"},
        }
    )


def _run(url, *statements):
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg" if "postgres" in url else "sqlite"),
        poolclass=sa.NullPool,
    )
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def revenues(records_url, monkeypatch):
    """URL of a database with a table of accounts, on SQLite and then on PostgreSQL."""
    monkeypatch.setenv(VARIABLE, records_url)
    _run(
        records_url,
        'CREATE TABLE accounts (ref TEXT, uprn BIGINT, "Opened On" DATE, amount NUMERIC(20, 2), '
        "open BOOLEAN, iban TEXT)",
        f"INSERT INTO accounts VALUES ('a1', 100023336956, '2024-01-03', 0.29, TRUE, '{SECRET}')",
        "INSERT INTO accounts VALUES ('a2', 12, '2024-01-04', NULL, FALSE, NULL)",
    )
    return records_url


def test_a_table_is_read_to_the_types_of_its_contract(revenues, tmp_path):
    contract = _contract("accounts")
    taken = take_snapshot(contract, tmp_path, tmp_path / "state", run_on=RUN_ON)
    assert (taken.rows, taken.quarantined) == (2, 0)
    assert read_snapshot(tmp_path / "state", "accounts").to_pylist() == [
        {"ref": "a1", "uprn": "100023336956", "on": date(2024, 1, 3), "amount": 0.29, "open": True},
        {"ref": "a2", "uprn": "12", "on": date(2024, 1, 4), "amount": None, "open": False},
    ]


def test_a_table_that_has_not_changed_is_not_taken_in_again(revenues, tmp_path):
    contract, state = _contract("accounts"), tmp_path / "state"
    assert not take_snapshot(contract, tmp_path, state, run_on=RUN_ON).up_to_date
    assert take_snapshot(contract, tmp_path, state, run_on=RUN_ON).up_to_date
    _run(revenues, "UPDATE accounts SET amount = 7 WHERE ref = 'a2'")
    assert not take_snapshot(contract, tmp_path, state, run_on=RUN_ON).up_to_date


def test_a_snapshot_names_the_table_and_never_the_address(revenues, tmp_path):
    take_snapshot(_contract("accounts"), tmp_path, tmp_path / "state", run_on=RUN_ON)
    manifest = snapshot_manifest(tmp_path / "state", "accounts")
    assert manifest["file"] == f"accounts ({VARIABLE})"
    assert manifest["ignored_columns"] == ["iban"]
    assert revenues not in str(manifest)


def test_a_bad_row_of_a_table_is_set_aside(revenues, tmp_path):
    _run(revenues, "INSERT INTO accounts VALUES ('a3', -7, '2024-01-05', 1, TRUE, NULL)")
    taken = take_snapshot(_contract("accounts"), tmp_path, tmp_path / "state", run_on=RUN_ON)
    assert (taken.rows, taken.quarantined) == (2, 1)


def test_batches_of_a_table_make_one_whole(revenues, tmp_path, monkeypatch):
    whole = read_extract(_contract("accounts"), tmp_path)
    monkeypatch.setattr(table_rows, "_ROWS", 1)
    apart = read_extract(_contract("accounts"), tmp_path)
    assert apart.numbers.tolist() == [1, 2]
    assert apart.columns["on"].values.to_pylist() == whole.columns["on"].values.to_pylist()


@pytest.mark.parametrize(
    ("table", "columns", "told"),
    [
        ("nothing", {}, "is a table the database lacks"),
        ("elsewhere.accounts", {}, "is a table the database lacks"),
        ("accounts", {"colour": {"type": "string"}}, "`colour` is a column the file lacks"),
    ],
)
def test_what_the_database_lacks_is_named(revenues, tmp_path, table, columns, told):
    with pytest.raises(DataError) as error:
        read_extract(_contract(table, **columns), tmp_path)
    assert told in str(error.value)
    assert VARIABLE in str(error.value)


def test_a_table_without_rows_is_refused(revenues, tmp_path):
    _run(revenues, "DELETE FROM accounts")
    with pytest.raises(DataError, match="no rows"):
        read_extract(_contract("accounts"), tmp_path)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", f"has no URL: {VARIABLE} is not set"),
        (f"{SECRET}", "has a URL that cannot be read"),
        (f"mysql://user:{SECRET}@127.0.0.1/x", "is in a kind of database Hearth does not read"),
        ("sqlite://", "is in a kind of database Hearth does not read"),
        (f"sqlite:////nowhere/{SECRET}.db", "is in a database that cannot be reached"),
        (f"postgresql://u:{SECRET}@127.0.0.1:1/x", "is in a database that cannot be reached"),
        (f"postgresql://u:{SECRET}@/x?host=/nowhere", "is in a database that cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_address(
    tmp_path, monkeypatch, url, told
):
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(DataError) as error:
        read_extract(_contract("accounts"), tmp_path)
    assert told in str(error.value)
    assert SECRET not in str(error.value)


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(DataError, match="cannot be reached"):
        read_extract(_contract("accounts"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
class TestPostgres:
    """What only PostgreSQL has."""

    @pytest.fixture
    def url(self, postgres_url, monkeypatch):
        monkeypatch.setenv(VARIABLE, postgres_url)
        return postgres_url

    def test_a_view_in_a_schema_with_moments_and_days_past_python(self, url, tmp_path):
        _run(
            url,
            "CREATE SCHEMA revenues",
            "CREATE TABLE revenues.raw (ref INT, uprn NUMERIC, moment TIMESTAMPTZ, amount FLOAT8)",
            "INSERT INTO revenues.raw VALUES (1, 12, '2024-06-30 23:30:00+00', 0.1)",
            "INSERT INTO revenues.raw VALUES (2, 13, 'infinity', 'NaN')",
            'CREATE VIEW revenues.accounts AS SELECT ref, uprn, moment AS "Opened On", amount, '
            "NULL::boolean AS open FROM revenues.raw",
        )
        extract = read_extract(_contract("revenues.accounts"), tmp_path)
        assert extract.columns["on"].values.to_pylist() == [date(2024, 7, 1), None]
        assert extract.columns["on"].written.to_pylist() == ["infinity"]
        assert extract.columns["amount"].values.to_pylist() == [0.1, None]
        assert extract.columns["amount"].bad.tolist() == [False, True]

    def test_rows_written_while_it_is_read_are_not_seen(self, url, tmp_path, monkeypatch):
        _run(
            url,
            'CREATE TABLE accounts (ref INT, uprn INT, "Opened On" DATE, amount INT, open BOOL)',
            "INSERT INTO accounts SELECT n, n, '2024-01-03', n, TRUE FROM generate_series(1, 9) n",
        )
        monkeypatch.setattr(table_rows, "_ROWS", 2)
        contract = _contract("accounts")
        with table_rows.open_table(contract.read) as opened:
            blocks = opened.rows({"ref": list(opened.names).index("ref")})
            seen = len(next(blocks).numbers)
            _run(url, "DELETE FROM accounts WHERE ref > 4", "INSERT INTO accounts VALUES (99, 99)")
            seen += sum(len(block.numbers) for block in blocks)
        assert seen == 9

    def test_a_user_who_may_not_read_it_is_told_so_and_not_what_the_server_said(
        self, url, tmp_path, monkeypatch
    ):
        _run(
            url,
            'CREATE TABLE accounts (ref INT, uprn INT, "Opened On" DATE, amount INT, open BOOL)',
        )
        with psycopg.connect(url, autocommit=True) as connection:
            name = f"reader_{connection.info.dbname[-8:]}"
            connection.execute(f"CREATE USER {name} PASSWORD '{SECRET}'")
            monkeypatch.setenv(
                VARIABLE,
                sa.make_url(url)
                .set(username=name, password=SECRET)
                .render_as_string(hide_password=False),
            )
            with pytest.raises(DataError) as error:
                read_extract(_contract("accounts"), tmp_path)
            connection.execute(f"DROP USER {name}")
        assert "may not be read by the user of that URL" in str(error.value)
        assert SECRET not in str(error.value)

    def test_a_user_or_database_the_server_does_not_know_is_told_apart(
        self, url, tmp_path, monkeypatch
    ):
        changed = sa.make_url(url).set(database="nowhere").render_as_string(hide_password=False)
        monkeypatch.setenv(VARIABLE, changed)
        with pytest.raises(DataError, match="has no such database or user"):
            read_extract(_contract("accounts"), tmp_path)


def test_a_refused_password_is_told_without_what_the_server_said():
    said = f'FATAL: password authentication failed for user "{SECRET}"'
    message = str(table_rows._unreachable(_contract("accounts").read, said))
    assert "refuses the user or the password; mend the URL in HEARTH_REVENUES_URL" in message
    assert SECRET not in message
