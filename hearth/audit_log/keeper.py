"""One thread of each process that keeps checkpoints coming while entries are made."""

from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from hearth.audit_log.chain import AuditEntry
from hearth.audit_log.checkpoints import add_checkpoint
from hearth.audit_log.log import Clock
from hearth.audit_log.signing import Signer

MOST_ENTRIES = 1_000
"""Entries after which the head is signed, however little time has passed."""

MOST_SECONDS = 60.0
"""Seconds after which an entry is under a signed head, however few there are."""


class CheckpointKeeper:
    """Signs the head of the log every so many entries or seconds, and once more at the end.

    Use it as a context manager around the audit writer, whose `on_head` is `note`. A checkpoint that
    cannot be written is told to `on_failure` and tried again: no answer waits for it.
    """

    def __init__(
        self,
        folder: Path,
        signer: Signer,
        clock: Clock,
        *,
        on_failure: Callable[[Exception], None],
        most_entries: int = MOST_ENTRIES,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._folder, self._signer, self._clock = folder, signer, clock
        self._on_failure = on_failure
        self._most_entries, self._most_seconds = most_entries, most_seconds
        self._head: AuditEntry | None = None
        self._signed = 0  # sequence up to which this process knows the log to be signed
        self._due = 0.0  # when the oldest entry not under a checkpoint must be
        self._is_open = True
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="audit-checkpoints", daemon=True)

    def note(self, head: AuditEntry) -> None:
        """Take in where the log stands, once that is durable."""
        with self._changed:
            is_first = self._head is None
            self._head = head
            if is_first:
                self._signed = self._signed or head.sequence - 1
                self._due = monotonic() + self._most_seconds
            if is_first or head.sequence - self._signed >= self._most_entries:
                self._changed.notify()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._wait()
                head, self._head = self._head, None
                is_open = self._is_open
            if head is not None and not self._sign(head) and is_open:
                self._try_again(head)
            if not is_open:
                return

    def _wait(self) -> None:
        """Until a checkpoint is due, or the end."""
        while self._is_open and not self._is_due():
            self._changed.wait(None if self._head is None else max(0.0, self._due - monotonic()))

    def _is_due(self) -> bool:
        return self._head is not None and (
            self._head.sequence - self._signed >= self._most_entries or monotonic() >= self._due
        )

    def _sign(self, head: AuditEntry) -> bool:
        try:
            add_checkpoint(self._folder, self._signer, head, self._clock())
        except Exception as error:  # noqa: BLE001 whatever it is, the log itself goes on
            self._on_failure(error)
            return False
        self._signed = head.sequence
        return True

    def _try_again(self, head: AuditEntry) -> None:
        with self._changed:
            self._head = self._head or head
            self._signed = self._head.sequence
            self._due = monotonic() + min(1.0, self._most_seconds)
