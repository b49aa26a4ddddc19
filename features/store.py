"""The feature store: each subject's features as at the last refresh, for the service to score.

It imports base dependencies only, so that serving can read it without the data tools.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Date,
    Engine,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    make_url,
    select,
    true,
    update,
)
from sqlalchemy import Row as SqlRow

from hearth.errors import StateError
from hearth.private_files import make_private_file

Value = float | str | None
Row = tuple[str, Mapping[str, Value], Mapping[str, Any]]

AREA = "area"
"""Flag of a row that says in which area its subject lies."""

_BATCH = 2_000
_VALUES = msgspec.json.Decoder(dict[str, Value])
_FLAGS = msgspec.json.Decoder(dict[str, Any])
_metadata = MetaData()
_subjects = Table(
    "subjects",
    _metadata,
    Column("model", String(100), primary_key=True),
    Column("entity_id", String(200), primary_key=True),
    Column("features", LargeBinary, nullable=False),
    Column("flags", LargeBinary, nullable=False),
)
_refreshes = Table(
    "refreshes",
    _metadata,
    Column("model", String(100), primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("refreshed_on", Date, nullable=False),
    Column("key", String(64), nullable=False),
)


@dataclass(frozen=True)
class StoredRow:
    """One subject's features as they stood on `as_of`, put in the store on `refreshed_on`."""

    entity_id: str
    as_of: date
    values: dict[str, Value]
    flags: dict[str, Any]
    refreshed_on: date

    @property
    def area(self) -> str | None:
        """Code of the area the subject lies in; None where nothing says."""
        return self.flags.get(AREA)


@dataclass(frozen=True)
class Refresh:
    """When and from what a model's rows were last put in the store."""

    as_of: date
    refreshed_on: date
    key: str

    @property
    def mark(self) -> str:
        """What tells this refresh from every other."""
        return f"{self.as_of} {self.refreshed_on} {self.key}"


class FeatureStore:
    """Rows by model and subject in a database; a refresh replaces a model's rows as a whole."""

    def __init__(self, engine: Engine | str) -> None:
        self._engine = _opened(engine) if isinstance(engine, str) else engine
        _metadata.create_all(self._engine)

    def replace(
        self, model: str, as_of: date, rows: Iterable[Row], *, refreshed_on: date, key: str = ""
    ) -> int:
        """Put these rows in place of all the model had, in one transaction.

        Parameters
        ----------
        model
            Name of the model.
        as_of
            Date the features are as known at.
        rows
            (entity_id, features by name, flags) of each subject, once each.
        refreshed_on
            Day of the refresh.
        key
            Key of the matrix the rows come from.

        Returns
        -------
        int
            Number of rows written.
        """
        with self._engine.begin() as connection:
            connection.execute(delete(_subjects).where(_subjects.c.model == model))
            written = _insert(connection, model, rows)
            _note(connection, model, Refresh(as_of, refreshed_on, key))
        return written

    def update(
        self,
        model: str,
        rows: Iterable[Row],
        *,
        gone: Iterable[str],
        refreshed_on: date,
        key: str,
    ) -> int:
        """Put these rows in place of their subjects' own, in one transaction; the others stand.

        Parameters
        ----------
        model
            Name of a model whose rows were put in before, as known at the same date.
        rows
            As `replace` takes them.
        gone
            Subjects that the model scores no longer.
        refreshed_on, key
            As `replace` takes them.

        Returns
        -------
        int
            Number of rows written.
        """
        held, written = self.refresh_of(model), 0
        if held is None:
            raise StateError(
                f"the feature store has no rows of {model}; run `hearth refresh {model}`"
            )
        with self._engine.begin() as connection:
            _remove(connection, model, gone)
            remaining = iter(rows)
            while batch := list(islice(remaining, _BATCH)):
                _remove(connection, model, (entity for entity, _, _ in batch))
                written += _insert(connection, model, batch)
            _note(connection, model, Refresh(held.as_of, refreshed_on, key))
        return written

    def get(self, model: str, entity_id: str) -> StoredRow | None:
        """Row of one subject, or None where the model does not know it."""
        with self._engine.connect() as connection:
            found = connection.execute(_one(), {"of": model, "subject": entity_id}).one_or_none()
        return None if found is None else _stored(found)

    def get_many(self, model: str, entities: Sequence[str]) -> dict[str, StoredRow]:
        """Rows of those subjects that the model knows, by `entity_id`."""
        rows: dict[str, StoredRow] = {}
        remaining = iter(entities)
        with self._engine.connect() as connection:
            while batch := list(islice(remaining, _BATCH)):
                query = _rows_of(model).where(_subjects.c.entity_id.in_(batch))
                rows.update((row.entity_id, _stored(row)) for row in connection.execute(query))
        return rows

    def rows_of(self, entity_id: str) -> list[tuple[str, StoredRow]]:
        """What every model knows of one subject, by the model's name."""
        query = select(_subjects.c.model).where(_subjects.c.entity_id == entity_id)
        with self._engine.connect() as connection:
            models = connection.execute(query.order_by(_subjects.c.model)).scalars().all()
        found = ((model, self.get(model, entity_id)) for model in models)
        return [(model, row) for model, row in found if row is not None]

    def rectify(self, model: str, entity_id: str, feature: str, value: Value) -> bool:
        """Whether the model knows the subject; its value is then another, until the next refresh."""
        is_one = and_(_subjects.c.model == model, _subjects.c.entity_id == entity_id)
        with self._engine.begin() as connection:
            found = connection.execute(select(_subjects.c.features).where(is_one)).scalar()
            if found is None:
                return False
            mended = {**_VALUES.decode(found), feature: value}
            connection.execute(
                update(_subjects).where(is_one).values(features=msgspec.json.encode(mended))
            )
        return True

    def forget(self, entities: Iterable[str], *, model: str | None = None) -> int:
        """Number of rows deleted, of one model or of all; a refresh brings back what its sources hold."""
        forgotten, remaining = 0, iter(entities)
        of_model = true() if model is None else _subjects.c.model == model
        with self._engine.begin() as connection:
            while batch := list(islice(remaining, _BATCH)):
                gone = delete(_subjects).where(of_model, _subjects.c.entity_id.in_(batch))
                forgotten += connection.execute(gone).rowcount
        return forgotten

    def entities(self, model: str, limit: int = 100, offset: int = 0) -> list[str]:
        """Subjects of a model, in order."""
        query = (
            select(_subjects.c.entity_id)
            .where(_subjects.c.model == model)
            .order_by(_subjects.c.entity_id)
            .limit(limit)
            .offset(offset)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def rows(self, model: str) -> Iterator[tuple[str, dict[str, Value]]]:
        """Features of every subject of a model, by `entity_id`."""
        query = (
            select(_subjects.c.entity_id, _subjects.c.features)
            .where(_subjects.c.model == model)
            .order_by(_subjects.c.entity_id)
        )
        with self._engine.connect() as connection:
            for entity_id, features in connection.execute(query):
                yield entity_id, msgspec.json.decode(features, type=dict[str, Value])

    def stored_rows(self, model: str) -> Iterator[StoredRow]:
        """Row of every subject of a model, by `entity_id`, all as one refresh left them."""
        query = _rows_of(model).order_by(_subjects.c.entity_id)
        with self._engine.connect().execution_options(yield_per=_BATCH) as connection:
            for row in connection.execute(query):
                yield _stored(row)

    def count(self, model: str) -> int:
        """Number of a model's subjects."""
        query = select(func.count()).select_from(_subjects).where(_subjects.c.model == model)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def refresh_of(self, model: str) -> Refresh | None:
        """Last refresh of a model's rows, or None where it has had none."""
        query = select(_refreshes).where(_refreshes.c.model == model)
        with self._engine.connect() as connection:
            found = connection.execute(query).one_or_none()
        return None if found is None else Refresh(found.as_of, found.refreshed_on, found.key)


@cache
def _one() -> Select[Any]:
    """Row of one subject; building a query takes longer than asking it."""
    return _rows_of(bindparam("of")).where(_subjects.c.entity_id == bindparam("subject"))


def _rows_of(model: str | BindParameter[str]) -> Select[Any]:
    return (
        select(
            _subjects.c.entity_id,
            _subjects.c.features,
            _subjects.c.flags,
            _refreshes.c.as_of,
            _refreshes.c.refreshed_on,
        )
        .join(_refreshes, _refreshes.c.model == _subjects.c.model)
        .where(_subjects.c.model == model)
    )


def _stored(row: SqlRow[Any]) -> StoredRow:
    return StoredRow(
        row.entity_id,
        row.as_of,
        _VALUES.decode(row.features),
        _FLAGS.decode(row.flags),
        row.refreshed_on,
    )


def _insert(connection: Connection, model: str, rows: Iterable[Row]) -> int:
    written, remaining = 0, iter(rows)
    while batch := [_record(model, row) for row in islice(remaining, _BATCH)]:
        connection.execute(insert(_subjects), batch)
        written += len(batch)
    return written


def _remove(connection: Connection, model: str, entities: Iterable[str]) -> None:
    one = and_(_subjects.c.model == model, _subjects.c.entity_id == bindparam("entity"))
    remaining = iter(entities)
    while batch := [{"entity": entity} for entity in islice(remaining, _BATCH)]:
        connection.execute(delete(_subjects).where(one), batch)


def _note(connection: Connection, model: str, refresh: Refresh) -> None:
    """Record when and from what a model's rows were put in."""
    connection.execute(delete(_refreshes).where(_refreshes.c.model == model))
    connection.execute(insert(_refreshes), [{"model": model, **asdict(refresh)}])


def _opened(url: str) -> Engine:
    """Engine for a URL; a SQLite file and its folder are made, for their owner alone."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        make_private_file(Path(parsed.database))
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, hide_parameters=True)


def _record(model: str, row: Row) -> dict[str, Any]:
    entity_id, values, flags = row
    return {
        "model": model,
        "entity_id": entity_id,
        "features": msgspec.json.encode(dict(values)),
        "flags": msgspec.json.encode(dict(flags)),
    }
