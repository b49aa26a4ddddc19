"""The map between the council's own numbers for persons and the random pseudonyms used in their place.

It stands in a database of its own, apart from all artefacts, so that a pair can be erased and the
map guarded by itself.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)

from hearth.errors import NotFoundError, SettingsError
from hearth.settings import Settings
from hearth.storage.engine import open_engine, reading, writing

PSEUDONYM_DIGITS = 32
"""128 random bits in hexadecimal: nobody meets one by chance, or works it out."""

_FEW = 10_000  # numbers that are looked up one by one rather than by a walk along the map
_AT_ONCE = 500  # numbers in one query
_BATCH = 100_000  # pairs read or written at a time
_COPY = "COPY pseudonyms (person_number, pseudonym) FROM STDIN"
_MAP_LOCK = 0x48_45_41_52_54_48_50  # "HEARTHP": one process makes pseudonyms, the others wait

_metadata = MetaData()
_pairs = Table(
    "pseudonyms",
    _metadata,
    Column("person_number", String(200), primary_key=True),
    Column("pseudonym", String(PSEUDONYM_DIGITS), nullable=False),
    sqlite_with_rowid=False,
)
_by_pseudonym = Index("pseudonyms_by_pseudonym", _pairs.c.pseudonym, unique=True)
_map = Table("pseudonym_map", _metadata, Column("map_id", String(32), primary_key=True))
_erasures = Table(
    "pseudonym_erasures",
    _metadata,
    Column("erasure_id", Integer, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
)


class PseudonymMap:
    """Pairs of a person's number and pseudonym in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with writing(engine) as connection:
            _hold(connection)
            _metadata.create_all(connection)
            if connection.scalar(select(_map.c.map_id)) is None:
                connection.execute(insert(_map).values(map_id=secrets.token_hex(16)))

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator["PseudonymMap"]:
        """The map of a workspace, made if it is new, until the block ends.

        Raises
        ------
        SettingsError
            If its URL cannot be used, or is that of the records.
        """
        if settings.pseudonyms_url == settings.records_url:
            raise SettingsError(
                "HEARTH_PSEUDONYMS_URL names the records database; the map needs one of its own, "
                "so that it can be guarded apart"
            )
        engine = open_engine(settings.pseudonyms_url)
        try:
            yield cls(engine)
        finally:
            engine.dispose()

    def state(self) -> str:
        """Which map this is, and how many pairs were erased: rows taken in under another are not up to date."""
        with reading(self._engine) as connection:
            erased = connection.scalar(select(func.count()).select_from(_erasures))
            return f"{connection.scalar(select(_map.c.map_id))}-{erased}"

    def assign(self, numbers: Sequence[str]) -> dict[str, str]:
        """Pseudonym of each number; those of persons not met before are drawn and kept.

        Parameters
        ----------
        numbers
            Different numbers of persons.
        """
        with writing(self._engine) as connection:
            _hold(connection)
            known = _known(connection, numbers)
            new = [number for number in numbers if number not in known]
            drawn = dict(zip(new, _draw(len(new)), strict=True))
            _insert(connection, drawn)
        return {**known, **drawn}

    def known(self, numbers: Sequence[str]) -> dict[str, str]:
        """Pseudonym of each number that has one."""
        with reading(self._engine) as connection:
            return _known(connection, numbers)

    def number_of(self, pseudonym: str) -> str:
        """Person's number behind a pseudonym; NotFoundError where there is none, or it was erased."""
        query = select(_pairs.c.person_number).where(_pairs.c.pseudonym == pseudonym)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        if found is None:
            raise _unknown("this pseudonym")
        return str(found)

    def pseudonym_of(self, number: str) -> str:
        """Pseudonym of a person's number; NotFoundError where there is none, or it was erased."""
        found = self.known([number])
        if number not in found:
            raise _unknown("this number")
        return found[number]

    def erase(self, pseudonym: str, now: datetime) -> None:
        """Delete a pair for good; NotFoundError where there is none."""
        with writing(self._engine) as connection:
            _hold(connection)
            gone = connection.execute(delete(_pairs).where(_pairs.c.pseudonym == pseudonym))
            if gone.rowcount == 0:
                raise _unknown("this pseudonym")
            connection.execute(insert(_erasures).values(erased_at=now))


def _unknown(what: str) -> NotFoundError:
    return NotFoundError(
        f"the map holds no pair for {what}; it was never taken in or has been erased"
    )


def _hold(connection: Connection) -> None:
    """Keep other processes from drawing until the transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAP_LOCK})


def _known(connection: Connection, numbers: Sequence[str]) -> dict[str, str]:
    both = select(_pairs.c.person_number, _pairs.c.pseudonym)
    if len(numbers) > _FEW:
        asked = set(numbers)
        rows: Iterable[Any] = connection.execute(both, execution_options={"yield_per": _BATCH})
        return {number: pseudonym for number, pseudonym in rows if number in asked}
    return {
        number: pseudonym
        for some in _batches(numbers, _AT_ONCE)
        for number, pseudonym in connection.execute(both.where(_pairs.c.person_number.in_(some)))
    }


def _draw(count: int) -> list[str]:
    digits = secrets.token_bytes(count * PSEUDONYM_DIGITS // 2).hex()
    return [digits[i : i + PSEUDONYM_DIGITS] for i in range(0, len(digits), PSEUDONYM_DIGITS)]


def _insert(connection: Connection, pairs: Mapping[str, str]) -> None:
    """Write pairs by the quickest way of each database, in the order of their numbers.

    Pseudonyms come in no order, so many are indexed at once rather than one by one.
    """
    if len(pairs) > _FEW:
        _by_pseudonym.drop(connection)
    for some in _batches(sorted(pairs.items()), _BATCH):
        if connection.dialect.name == "postgresql":
            driver: Any = connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
                for pair in some:
                    copy.write_row(pair)
        else:
            connection.exec_driver_sql("INSERT INTO pseudonyms VALUES (?, ?)", some)
    if len(pairs) > _FEW:
        _by_pseudonym.create(connection)


def _batches(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
