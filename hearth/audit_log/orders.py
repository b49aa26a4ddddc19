"""What waits to be written, and how whoever waits for it is told: a thread, or a task on an event loop."""

from asyncio import AbstractEventLoop
from asyncio import Future as LoopFuture
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Table

from hearth.audit_log.chain import AuditEntry, Event


class Row(msgspec.Struct, frozen=True):
    """A row to insert in the same transaction as an event's entry, such as the score it records.

    A value that is a `msgspec.Raw` is JSON that goes into its column as it stands.
    """

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """Events and rows to be written together, and the promise that they are durable."""

    events: Sequence[Event]
    rows: Sequence[Row]
    generation: int | None
    written: "Future[AuditEntry] | LoopFuture[AuditEntry]"

    def claim(self) -> bool:
        """Whether somebody still waits; from now on a thread's promise cannot be cancelled."""
        if isinstance(self.written, Future):
            return self.written.set_running_or_notify_cancel()
        return not self.written.cancelled()


def settle(outcomes: Iterable[tuple[Order, AuditEntry | Exception]]) -> None:
    """Tell everybody who waits; each event loop is woken once, however many wait on it."""
    on_loops: dict[AbstractEventLoop, list[tuple[LoopFuture[AuditEntry], Any]]] = {}
    for order, outcome in outcomes:
        if not isinstance(order.written, Future):
            loop = order.written.get_loop()
            on_loops.setdefault(loop, []).append((order.written, outcome))
        elif isinstance(outcome, Exception):
            order.written.set_exception(outcome)
        else:
            order.written.set_result(outcome)
    for loop, promises in on_loops.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits on it any more
            loop.call_soon_threadsafe(_settle_here, promises)


def _settle_here(promises: Iterable[tuple["LoopFuture[AuditEntry]", Any]]) -> None:
    for promise, outcome in promises:
        if promise.done():  # whoever waited has gone
            continue
        if isinstance(outcome, Exception):
            promise.set_exception(outcome)
        else:
            promise.set_result(outcome)
