"""What every command shares: settings, catalogue, clock, console, progress, and how errors are told."""

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table
from sqlalchemy import Engine

from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue, load_catalogue
from hearth.cli.endings import end_if_stopped
from hearth.errors import NotFoundError, PermissionDeniedError
from hearth.identity import Identity, authenticate
from hearth.progress import Progress
from hearth.settings import Settings, load_settings
from hearth.storage.database import open_records

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


_ANY_WIDTH = 1_000_000
_NARROWEST = 8  # of a column that may be folded
OPERATOR = "operator"
"""Actor of what is done at the machine itself, by whoever may open the database."""


def utc_now() -> datetime:
    """The time now, in UTC: the one clock, handed to whatever needs it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """One run of the command line."""

    settings: Settings
    as_json: bool = False

    @cached_property
    def console(self) -> Console:
        """Where people read; standard error where standard output is for a machine."""
        return Console(stderr=self.as_json, highlight=False, soft_wrap=not sys.stdout.isatty())

    @cached_property
    def records(self) -> Engine:
        """The records database, made or migrated if need be."""
        return open_records(self.settings.records_url)

    @property
    def pepper(self) -> str:
        """Secret that stored keys are mixed with."""
        return self.settings.api_key_pepper.get_secret_value()

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log of the records database."""
        return AuditLog(self.records, utc_now)

    def identity(self) -> Identity:
        """Whoever's key the command acts with.

        Raises
        ------
        PermissionDeniedError
            If no key is given, or it does not work.
        """
        if self.settings.api_key is None:
            raise PermissionDeniedError(
                "this step is recorded under your name, and no key was given; put yours in "
                "HEARTH_API_KEY (an administrator makes one with: hearth keys create)"
            )
        return authenticate(
            self.records, self.pepper, self.settings.api_key.get_secret_value(), utc_now()
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """Contracts and definitions of the workspace, all checked."""
        return load_catalogue(self.settings.workspace)

    @property
    def today(self) -> date:
        """Day of the run, in UTC."""
        return utc_now().date()

    def shown(self, path: Path) -> str:
        """A path that works where it is pasted: from this folder where it lies in it, else whole."""
        here, path = Path.cwd(), path.absolute()
        return str(path.relative_to(here) if path.is_relative_to(here) else path)

    @property
    def hearth(self) -> str:
        """How this command line is called from this folder, for this workspace."""
        root = self.settings.workspace
        return "hearth" if root == Path.cwd() else f"hearth -w {shlex.quote(self.shown(root))}"

    def located(self, path: Path) -> Path:
        """What a path that somebody typed means: from this folder, or else from the workspace.

        Raises
        ------
        NotFoundError
            If it is in neither.
        """
        found = [each for each in (path, self.settings.workspace / path) if each.exists()]
        if not found:
            raise NotFoundError(
                f"{path} is neither in this folder nor in the workspace; see that it is spelt right"
            )
        return found[0].absolute()

    def say(self, text: str) -> None:
        """A line for people."""
        self.console.print(text)

    def show(self, table: Table) -> None:
        """A table for people, of which nothing is cut off; in a file each row is one line.

        Where a screen is too narrow, texts are folded, and columns that do not wrap are whole.
        """
        for column in table.columns:
            column.overflow = "fold"
        table.width = _width(table, self.console)
        self.console.print(table, crop=False)

    def result(self, value: Any) -> None:
        """The result as JSON, where a machine asked for it."""
        if self.as_json:
            typer.echo(json.dumps(value, indent=2, sort_keys=True, default=str))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Bars that long work draws: one a task, with what is done and the time left; none in a file."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        nobody_watches = not self.console.is_terminal
        with Bars(*columns, console=self.console, transient=True, disable=nobody_watches) as bars:
            tasks: dict[str, TaskID] = {}

            def report(task: str, done: int, total: int) -> None:
                end_if_stopped()
                step = task.partition(" ")[0]  # one bar a step; what it is at stands beside it
                if step not in tasks:
                    tasks[step] = bars.add_task(task, total=total)
                bars.update(tasks[step], description=task, completed=done, total=total)

            yield report


def open_context(command: typer.Context, *, as_json: bool = False) -> Context:
    """Context of a command, in the workspace named before it."""
    workspace: Path | None = command.find_root().obj
    return Context(load_settings(workspace), as_json)


def _width(table: Table, console: Console) -> int:
    """Width at which a table is drawn: all it takes in a file, else the screen's where that will do."""
    options = console.options.update(max_width=_ANY_WIDTH)
    whole = Measurement.get(console, options, table).maximum
    if not console.is_terminal:
        return whole
    least = 1
    for column in table.columns:
        cells = (column.header, *column.cells)
        widest = max(Measurement.get(console, options, cell).maximum for cell in cells)
        least += 3 + (widest if column.no_wrap else min(widest, _NARROWEST))
    return min(whole, max(console.width, least))
