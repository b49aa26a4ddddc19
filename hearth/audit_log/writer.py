"""Many callers, one durable transaction: the audit log as fast as a service needs it."""

import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hearth.audit_log.chain import AuditEntry, Event, append_all, lock_chain
from hearth.audit_log.log import Clock
from hearth.errors import AuditError, OutdatedError
from hearth.storage.columns import metadata
from hearth.storage.engine import writing
from hearth.storage.generation import current_generation

_MOST_AT_ONCE = 256  # events in one transaction
_MOST_WAITING = 10_000  # events queued before the writer says it is overwhelmed
# a table comes after those it refers to: a decision after its score
_TABLE_ORDER = {table.name: place for place, table in enumerate(metadata.sorted_tables)}


@dataclass(frozen=True)
class Row:
    """A row to insert in the same transaction as an event's entry, such as the score it records."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _Order:
    event: Event
    rows: Sequence[Row]
    generation: int | None
    written: "Future[AuditEntry]" = field(default_factory=Future)


class AuditWriter:
    """One thread that commits whatever has queued up as one transaction (group commit).

    While one transaction is made durable, the next callers queue; each is answered after the commit
    that holds its entry. An event whose rows the database refuses fails alone.

    Use it as a context manager: leaving writes what is queued and ends the thread. `on_commit` is told
    of each transaction: its events, its seconds, and how many events waited meanwhile.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        most_at_once: int = _MOST_AT_ONCE,
        most_waiting: int = _MOST_WAITING,
        on_commit: "Callable[[int, float, int], None] | None" = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._most_at_once = most_at_once
        self._on_commit = on_commit
        self._orders: queue.Queue[_Order | None] = queue.Queue(most_waiting)
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
        `OutdatedError` where keys, approvals or restrictions have changed since that one: whoever
        asked must read them anew, and nothing was written.

        Raises
        ------
        AuditError
            If the writer is closed, or too many events wait.
        """
        order = _Order(event, rows, generation)
        with self._closing:
            if not self._is_open:
                raise AuditError("the audit writer is closed; nothing more can be recorded")
            try:
                self._orders.put_nowait(order)
            except queue.Full:
                raise AuditError(
                    f"{self._orders.maxsize} audit events wait to be written; try again later"
                ) from None
        return order.written

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
            claimed = [order for order in group if order.written.set_running_or_notify_cancel()]
            if claimed:
                self._write(claimed)

    def _groups(self) -> Iterator[list[_Order]]:
        """Whatever waits, up to the most at once, again and again until closed."""
        while True:
            order = self._orders.get()
            group = []
            while order is not None:
                group.append(order)
                if len(group) == self._most_at_once or self._orders.empty():
                    break
                order = self._orders.get()
            if group:
                yield group
            if order is None:
                return

    def _write(self, group: Sequence[_Order]) -> None:
        started = time.perf_counter()
        try:
            with writing(self._engine) as connection:
                lock_chain(connection)
                group = _without_outdated(connection, group)
                _insert_rows(connection, group)
                entries = append_all(connection, [order.event for order in group], self._clock())
        except Exception as error:  # noqa: BLE001 whatever it is, no caller may wait for ever
            self._fail(group, error)
            return
        if self._on_commit is not None:
            self._on_commit(len(group), time.perf_counter() - started, self._orders.qsize())
        for order, entry in zip(group, entries, strict=True):
            order.written.set_result(entry)

    def _fail(self, group: Sequence[_Order], error: Exception) -> None:
        if len(group) > 1 and not _is_outage(error):
            for order in group:  # one of them is at fault: each alone, so that only it fails
                self._write([order])
            return
        for order in group:
            order.written.set_exception(_without_values(error))


def _without_outdated(connection: Connection, group: Sequence[_Order]) -> Sequence[_Order]:
    """Orders that rest on what is so now; the others fail."""
    if all(order.generation is None for order in group):
        return group
    now = current_generation(connection)
    fresh = [order for order in group if order.generation in (None, now)]
    for order in group:
        if order.generation not in (None, now):
            order.written.set_exception(OutdatedError("this changed meanwhile; try again"))
    return fresh


def _insert_rows(connection: Connection, group: Sequence[_Order]) -> None:
    """Rows of all orders, one statement for each run of the same table and columns."""
    rows = sorted((row for order in group for row in order.rows), key=_shape)
    for _, alike in groupby(rows, key=_shape):
        same = list(alike)
        connection.execute(insert(same[0].table), [dict(row.values) for row in same])


def _shape(row: Row) -> tuple[int, tuple[str, ...]]:
    return _TABLE_ORDER[row.table.name], tuple(sorted(row.values))


def _is_outage(error: Exception) -> bool:
    """Whether the database could not be reached or would not write: true for all alike."""
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated
        or type(error).__name__ in {"OperationalError", "InterfaceError"}
    )


def _without_values(error: Exception) -> AuditError:
    """The failure as callers may see it; a database's own message can quote a person's data."""
    if isinstance(error, AuditError):
        return error
    kind = type(error).__name__
    hint = "see to the records database" if isinstance(error, SQLAlchemyError) else "report this"
    return AuditError(f"the audit log could not be written ({kind}): nothing was recorded; {hint}")
