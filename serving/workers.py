"""The processes that answer: started afresh, started again where one dies, and left to finish."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import NoReturn

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """uvicorn's workers, deaf to Ctrl-C: a terminal sends it to all, and only this process may act on it.

    It then tells each of them to stop, as it does on SIGTERM; they take no new connection, and finish
    what is under way. SIGHUP replaces one after the other, each once its successor answers.
    """

    def run(self) -> None:
        """Answers until told to stop, or until a worker cannot start."""
        resource_tracker.ensure_running()  # its start would undo the mask below
        super().run()

    def init_processes(self) -> None:
        """Starts them."""
        with _deaf_to_interrupts():
            super().init_processes()

    def keep_subprocess_alive(self) -> None:
        """Starts again those that died."""
        with _deaf_to_interrupts():
            super().keep_subprocess_alive()

    def handle_signals(self) -> None:
        """Does what signals ask, which can mean to start others."""
        with _deaf_to_interrupts():
            super().handle_signals()

    def living(self) -> set[int]:
        """Process ids of the workers."""
        return {process.pid for process in self.processes if process.pid is not None}

    def has_started(self) -> bool:
        """Whether no worker failed before it could serve."""
        return all(process.exitcode != STARTUP_FAILURE for process in self.processes)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Holds SIGINT back here, and for good in every process started meanwhile, which inherits the mask."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def exit_cleanly_on_sigterm() -> None:
    """Lets SIGTERM end this process with exit code 0: being told to stop is no failure.

    uvicorn drains first and then sends itself the signal again.
    """

    def leave(*_: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
