"""How long work says how far it has come."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (task, done, total); the command line draws it, tests record it."""


def silent(task: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
