"""The command line: one command a step, errors told once, exit codes that mean something."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hearth.cli import (
    analyses,
    approval,
    areas,
    audit,
    board,
    challenges,
    clients,
    compare,
    data,
    demo,
    dictionary,
    evidence,
    fairness,
    keys,
    leaks,
    linkage,
    look,
    models,
    monitor,
    oversight,
    precompute,
    pseudonyms,
    quality,
    refresh,
    register,
    retention,
    retrain,
    service,
    splits,
    subjects,
    transparency,
    tuning,
)
from hearth.cli.endings import Stoppable, disk_full_message
from hearth.errors import HearthError

EPILOGUE = (
    "Exit codes: 0 done · 1 refused, with the reason · 2 wrong usage · 3 the model did not meet its bar · "
    "4 monitoring found alarms · 5 the model trained anew is worse than the one before · "
    "130 stopped, and what was done is kept."
)

app = typer.Typer(
    name="hearth",
    cls=Stoppable,
    help="Risk prediction for local government: build features, train, report, approve, serve.",
    epilog=EPILOGUE,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hearth {version('hearth-council')}")
        raise typer.Exit


@app.callback()
def _root(
    command: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            help="Folder with features/sources and models; this folder if not given.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    command.obj = workspace


for part in (
    data,
    register,
    quality,
    dictionary,
    areas,
    linkage,
    models,
    analyses,
    approval,
    board,
    fairness,
    transparency,
    audit,
    service,
    splits,
    demo,
):
    part.mount(app)
keys.mount(app)
evidence.mount(app)
challenges.mount(app)
audit.mount(app)
clients.mount(app)
pseudonyms.mount(app)
subjects.mount(app)
retention.mount(app)
precompute.mount(app)
look.mount(app)
leaks.mount(app)
refresh.mount(app)
compare.mount(app)
tuning.mount(app)
monitor.mount(app)
oversight.mount(app)
retrain.mount(app)


def main() -> None:
    """Run the command line; what Hearth refuses is one message on standard error."""
    try:
        app()
    except HearthError as error:
        _tell(str(error))
        sys.exit(error.exit_code)
    except Exception as error:
        message = disk_full_message(error)
        if message is None:
            raise
        _tell(message)
        sys.exit(1)


def _tell(message: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(message, style="red", markup=False)
