"""How a command ends that could not go on: stopped by somebody, or by a full disk."""

import errno
from typing import Any

import typer
from typer.core import TyperGroup

STOPPED = 130
"""Exit code of what was stopped by Ctrl-C, as shells have it: 128 and the number of SIGINT."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_IN_WORDS = ("No space left on device", "database or disk is full")
"""As the system says it through libraries, and as SQLite does."""

_KEPT = "What was finished is kept, and nothing stands half-written"


class Stoppable(TyperGroup):
    """Commands that say what to run again when somebody stops them."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit code 130 where it is stopped."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(
                f"Stopped. {_KEPT}; to go on, run the same `hearth {ctx.invoked_subcommand}` again.",
                err=True,
            )
            raise typer.Exit(STOPPED) from None


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
