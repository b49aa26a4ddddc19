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

_RETRY_SECONDS = 1.0


class CheckpointKeeper:
    """Signs the head of the log every so many entries or seconds, and once more at the end.

    What it signs is read from the log, whoever added it: the audit writer, a decision's own transaction,
    a command. Use it as a context manager around the audit writer, whose `on_head` is `note`. A
    checkpoint that cannot be written is told to `on_failure` and tried again: no answer waits for it.
    """

    def __init__(
        self,
        folder: Path,
        signer: Signer,
        clock: Clock,
        read_head: Callable[[], AuditEntry | None],
        *,
        on_failure: Callable[[Exception], None],
        most_entries: int = MOST_ENTRIES,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._folder, self._signer, self._clock = folder, signer, clock
        self._read_head, self._on_failure = read_head, on_failure
        self._most_entries, self._most_seconds = most_entries, most_seconds
        self._noted = 0  # sequence that the audit writer has told of
        self._tried = 0  # sequence up to which signing was last tried
        self._is_open = True
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="audit-checkpoints", daemon=True)

    def note(self, head: AuditEntry) -> None:
        """Take in where the log stands, once that is durable."""
        with self._changed:
            if not self._noted:
                self._tried = head.sequence - 1
            self._noted = head.sequence
            if self._has_many:
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
        is_open = True
        wait = self._most_seconds
        while is_open:
            with self._changed:
                self._wait(monotonic() + wait)
                is_open = self._is_open
            wait = self._most_seconds if self._sign() else min(_RETRY_SECONDS, self._most_seconds)

    def _wait(self, due: float) -> None:
        """Until a checkpoint is due, or the end."""
        while self._is_open and not self._has_many and monotonic() < due:
            self._changed.wait(max(0.0, due - monotonic()))

    @property
    def _has_many(self) -> bool:
        return self._noted - self._tried >= self._most_entries

    def _sign(self) -> bool:
        """Whether the log is signed up to its head."""
        self._tried = self._noted
        try:
            head = self._read_head()
            if head is not None:
                add_checkpoint(self._folder, self._signer, head, self._clock())
        except Exception as error:  # noqa: BLE001 whatever it is, the log itself goes on
            self._on_failure(error)
            return False
        return True
