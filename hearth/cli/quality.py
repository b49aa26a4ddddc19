"""The command that looks at the quality of what was ingested."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from hearth.cli.context import JsonOption, open_context
from hearth.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Data", epilog="Example: hearth quality noise_complaints --open")(
        quality
    )


def quality(
    command: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of sources; all that were ingested if none is given.", show_default=False
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--open", help="Open the report of each in a browser.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how good each source's data are, what to look at, and where its quality report lies."""
    from features.ingest.snapshot import QUALITY_PAGE, read_quality, snapshot_folder

    context = open_context(command, as_json=as_json)
    contracts = [context.catalogue.source(n) for n in names or sorted(context.catalogue.sources)]
    folders = {c.source: snapshot_folder(context.settings.state_dir, c.source) for c in contracts}
    found = {name: read_quality(folder) for name, folder in folders.items()}
    held = {name: report for name, report in found.items() if report is not None}
    missing = sorted(found.keys() - held.keys())
    if missing and (names or not held):
        raise NotFoundError(f"{', '.join(missing)}: not ingested yet; run `hearth ingest`")
    context.result(held)
    if not as_json:
        context.show(_summary(held))
    for name, report in held.items():
        if names or report["notes"]:
            context.say(f"{name}: {context.shown(folders[name] / QUALITY_PAGE)}")
        for note in report["notes"]:
            context.say(f"  {note}")
        if show:
            _open(folders[name] / QUALITY_PAGE)
    if missing:
        context.say(f"Not ingested yet: {', '.join(missing)}")


def _summary(reports: dict[str, dict[str, Any]]) -> Table:
    """One line a source."""
    table = Table(
        Column("source", no_wrap=True),
        *(_right(n) for n in ("rows", "change", "aside", "gaps", "delay")),
        "notes",
    )
    for name, report in reports.items():
        change = None if report["drift"] is None else report["drift"]["rows_change"]
        delay = report["median_delay"]
        table.add_row(
            name,
            f"{report['rows']:,}",
            "–" if change is None else f"{change:+.1%}",
            f"{report['quarantined']:,}",
            f"{1 - min(report['completeness'].values()):.0%}",
            "–" if delay is None else f"{delay:g}d",
            str(len(report["notes"]) or "–"),
        )
    table.caption = (
        "change: in rows since the last extract · aside: rows set aside · "
        "gaps: empty in the emptiest column · delay: from event to knowledge, median"
    )
    return table


def _right(name: str) -> Any:
    return Column(name, justify="right")


def _open(path: "Path") -> None:
    typer.launch(path.as_uri())
