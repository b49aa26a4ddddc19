"""How a command ends that could not go on: stopped by somebody, or by a full disk."""

import errno
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from hearth.errors import StoppedError

STOPPED = 130
"""Exit code of what was stopped by Ctrl-C, as shells have it: 128 and the number of SIGINT."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_IN_WORDS = ("No space left on device", "database or disk is full")
"""As the system says it through libraries, and as SQLite does."""

_KEPT = "What was finished is kept, and nothing stands half-written"


_pressed = Event()
"""Set once Ctrl-C was pressed in the command that runs."""


class Stoppable(TyperGroup):
    """Commands that say what to run again when somebody stops them."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit code 130 where it is stopped, whatever a library makes of that."""
        try:
            with _remembering_ctrl_c():
                return super().invoke(ctx)
        except (typer.Exit, StoppedError):
            raise
        except (KeyboardInterrupt, Exception) as error:
            if not isinstance(error, KeyboardInterrupt) and not _pressed.is_set():
                raise
            typer.echo(
                f"Stopped. {_KEPT}; to go on, run the same `hearth {ctx.invoked_subcommand}` again.",
                err=True,
            )
            raise typer.Exit(STOPPED) from None


def end_if_stopped() -> None:
    """Stop where Ctrl-C was pressed and nothing came of it; long work asks at each of its steps.

    Python ignores an exception raised in a callback of the garbage collector, and so a
    KeyboardInterrupt that happens to arrive there.

    Raises
    ------
    KeyboardInterrupt
        If it was pressed.
    """
    if _pressed.is_set():
        raise KeyboardInterrupt


@contextmanager
def _remembering_ctrl_c() -> Iterator[None]:
    """Note Ctrl-C and stop, where Python would stop: a process told to ignore it goes on ignoring it."""
    _pressed.clear()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _pressed.set()
    raise KeyboardInterrupt


def disk_full_message(error: BaseException) -> str | None:
    """What to do about an error that comes of a full disk; None of any other.

    Libraries wrap such an error in their own, so all that led to it is looked at.
    """
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__
    if not any(_is_full(each) for each in seen):
        return None
    return f"The disk is full. {_KEPT}; free some space, and run the same command again."


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(words in str(error) for words in _FULL_IN_WORDS)
