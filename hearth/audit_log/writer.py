"""Many callers, one durable transaction: the audit log as fast as a service needs it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import accumulate
from queue import SimpleQueue
from threading import Event as Signal
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hearth.audit_log.chain import HEAD, AuditEntry, Event, append_locked, lock_chain
from hearth.audit_log.log import Clock
from hearth.audit_log.orders import Order, Row, settle
from hearth.errors import AuditError, HearthError, OutdatedError
from hearth.storage.columns import metadata
from hearth.storage.inserts import insert_rows

_MOST_AT_ONCE = 256  # events in one transaction
_MOST_WAITING = 10_000  # events queued before the writer says it is overwhelmed
_MANY = (
    8  # callers about at a time, from which on the writer lets them gather, for so long at most:
)
_GATHER_S = 0.02
_STATE = (
    "SELECT generations.number, head.sequence, head.entry_hash "  # noqa: S608 - our own words
    f"FROM generations LEFT JOIN ({HEAD}) AS head ON true"
)
# a table comes after those it refers to: a decision after its score
_TABLE_ORDER = {table.name: place for place, table in enumerate(metadata.sorted_tables)}


class AuditWriter:
    """One thread that commits whatever has queued up as one transaction (group commit).

    While one transaction is made durable, the next callers queue; each is answered after the commit
    that holds its entry. Where many call at a time, up to 20 milliseconds are let pass for more to come:
    a transaction costs much the same for one as for twenty. An event whose rows the database refuses
    fails alone.

    Use it as a context manager: leaving writes what is queued and ends the thread. `on_commit` is told
    of each transaction: its events, its seconds, and how many events waited meanwhile; `on_head` of
    the last entry, once those who wait are told.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        most_at_once: int = _MOST_AT_ONCE,
        most_waiting: int = _MOST_WAITING,
        on_commit: "Callable[[int, float, int], None] | None" = None,
        on_head: "Callable[[AuditEntry], None] | None" = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._most_at_once = most_at_once
        self._on_commit, self._on_head = on_commit, on_head
        self._most_waiting = most_waiting
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._connection: Connection | None = None  # kept by the thread from group to group
        self._due, self._are_here = _MOST_AT_ONCE, Signal()  # so many end a gathering
        self._is_open = True
        self._closing = Lock()
        self._thread = Thread(target=self._run, name="audit-writer", daemon=True)
        self._thread.start()

    def submit(
        self, event: Event, rows: Sequence[Row] = (), *, generation: int | None = None
    ) -> "Future[AuditEntry]":
        """Promise of the event's entry, kept only once entry and rows are durable.

        The promise fails with `AuditError` if they could not be written. Cancelling it before its
        transaction begins leaves nothing in the log. With a `generation` it fails with
        `OutdatedError` where keys, approvals or restrictions have changed since that one, or a row
        that is there but once was made meanwhile: whoever asked must read anew, and nothing was
        written.

        Raises
        ------
        AuditError
            If the writer is closed, or too many events wait.
        """
        written: Future[AuditEntry] = Future()
        self._put(Order([event], rows, generation, written))
        return written

    async def record(
        self, event: Event, rows: Sequence[Row] = (), *, generation: int | None = None
    ) -> AuditEntry:
        """The event's entry, once it and the rows are durable: `submit` for whoever runs on a loop.

        All who wait on a loop are told by waking it once for each transaction.

        Raises
        ------
        AuditError, OutdatedError
            As the promise of `submit` fails, and as it refuses.
        """
        return await self.record_all([event], rows, generation=generation)

    async def record_all(
        self, events: Sequence[Event], rows: Sequence[Row] = (), *, generation: int | None = None
    ) -> AuditEntry:
        """The last entry of several events, one at least, once they and the rows are durable: all or none.

        Raises
        ------
        AuditError, OutdatedError
            As `record`.
        """
        written: asyncio.Future[AuditEntry] = asyncio.get_running_loop().create_future()
        self._put(Order(events, rows, generation, written))
        return await written

    def _put(self, order: Order) -> None:
        with self._closing:
            if not self._is_open:
                raise AuditError("the audit writer is closed; nothing more can be recorded")
            if self._orders.qsize() >= self._most_waiting:
                raise AuditError(
                    f"{self._most_waiting} audit events wait to be written; try again later"
                )
            self._orders.put(order)
            if self._orders.qsize() >= self._due:
                self._are_here.set()

    def close(self) -> None:
        """Write what is queued, then end. Closing twice does nothing."""
        with self._closing:
            was_open, self._is_open = self._is_open, False
        if was_open:
            self._orders.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        for group in self._groups():
            claimed = [order for order in group if order.claim()]
            if claimed:
                self._write(claimed)
        self._disconnect()

    def _groups(self) -> Iterator[list[Order]]:
        """Whatever waits, up to the most at once, again and again until closed."""
        about = 0
        while True:
            order = self._orders.get()
            if about >= _MANY and order is not None:
                self._gather(about)
            group = []
            while order is not None:
                group.append(order)
                if len(group) == self._most_at_once or self._orders.empty():
                    break
                order = self._orders.get()
            if group:
                yield group
                about = len(group) + self._orders.qsize()
            if order is None:
                return

    def _gather(self, about: int) -> None:
        """Let others come, until as many are here as were about last time."""
        self._are_here.clear()
        self._due = about - 1  # one is taken already
        if self._orders.qsize() < self._due:
            self._are_here.wait(_GATHER_S)
        self._due = _MOST_AT_ONCE

    def _write(self, group: Sequence[Order]) -> None:
        started = time.perf_counter()
        try:
            connection = self._begin()
            generation, head = _read_state(connection)
            group = _without_outdated(group, generation)
            _insert_rows(connection, group)
            events = [event for order in group for event in order.events]
            entries = append_locked(connection, events, self._clock(), head=head)
            connection.commit()
        except Exception as error:  # noqa: BLE001 whatever it is, no caller may wait for ever
            self._disconnect()
            self._fail(group, error)
        else:
            if self._on_commit is not None:
                self._on_commit(len(events), time.perf_counter() - started, self._orders.qsize())
            last = accumulate(len(order.events) for order in group)
            settle((order, entries[end - 1]) for order, end in zip(group, last, strict=True))
            if entries and self._on_head is not None:
                self._on_head(entries[-1])

    def _begin(self) -> Connection:
        """Connection in a transaction that holds the chain; one gone stale is replaced once."""
        was_kept = self._connection is not None
        try:
            return self._begin_on(self._connection or self._engine.connect())
        except DBAPIError as error:
            self._disconnect()
            if not (was_kept and error.connection_invalidated):
                raise
        return self._begin_on(self._engine.connect())

    def _begin_on(self, connection: Connection) -> Connection:
        self._connection = connection
        connection.begin()
        lock_chain(connection)
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):  # it may be what failed
                self._connection.close()
            self._connection = None

    def _fail(self, group: Sequence[Order], error: Exception) -> None:
        if len(group) > 1 and not _is_outage(error):
            half = len(group) // 2  # one of them is at fault: halved until it fails alone
            self._write(group[:half])
            self._write(group[half:])
        else:
            settle((order, _without_values(error, order)) for order in group)


def _read_state(connection: Connection) -> tuple[int, AuditEntry | None]:
    """The generation, and the last entry of the log if there is one, as one question."""
    generation, sequence, entry_hash = connection.exec_driver_sql(_STATE).one()
    return generation, None if sequence is None else AuditEntry(sequence, entry_hash)


def _without_outdated(group: Sequence[Order], now: int) -> Sequence[Order]:
    """Orders that rest on what is so now; the others fail."""
    outdated = [order for order in group if order.generation not in {None, now}]
    if not outdated:
        return group
    settle((order, OutdatedError("this changed meanwhile; try again")) for order in outdated)
    return [order for order in group if order.generation in {None, now}]


def _insert_rows(connection: Connection, group: Sequence[Order]) -> None:
    """Rows of all orders, a few statements for each kind: the same table and columns."""
    kinds: dict[tuple[Table, tuple[str, ...]], list[Any]] = {}
    for order in group:
        for row in order.rows:
            kinds.setdefault((row.table, tuple(row.values)), []).append(row.values)
    for table, columns in sorted(kinds, key=lambda kind: _TABLE_ORDER[kind[0].name]):
        insert_rows(connection, table, kinds[table, columns])


def _is_outage(error: Exception) -> bool:
    """Whether the database could not be reached or would not write: true for all alike."""
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated
        or type(error).__name__ in {"OperationalError", "InterfaceError"}
    )


def _without_values(error: Exception, order: Order) -> HearthError:
    """The failure as callers may see it; a database's own message can quote a person's data."""
    if isinstance(error, AuditError):
        return error
    if isinstance(error, IntegrityError) and order.generation is not None:
        return OutdatedError("another request made the same meanwhile; try again")
    kind = type(error).__name__
    hint = "see to the records database" if isinstance(error, SQLAlchemyError) else "report this"
    return AuditError(f"the audit log could not be written ({kind}): nothing was recorded; {hint}")
