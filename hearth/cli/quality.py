"""The command that looks at the quality of what was ingested."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from hearth.cli.context import JsonOption, open_context
from hearth.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from features.linkage.share import Share


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
    from features.ingest.refusals import read_refusal
    from features.ingest.snapshot import QUALITY_PAGE, read_quality, snapshot_folder
    from features.linkage.commands import share_linked

    context = open_context(command, as_json=as_json)
    state_dir = context.settings.state_dir
    contracts = [context.catalogue.source(n) for n in names or sorted(context.catalogue.sources)]
    folders = {c.source: snapshot_folder(state_dir, c.source) for c in contracts}
    refusals = {c.source: read_refusal(state_dir, c.source) for c in contracts}
    found = {name: read_quality(folder) for name, folder in folders.items()}
    held = {name: report for name, report in found.items() if report is not None}
    missing = sorted(found.keys() - held.keys())
    if missing and (names or not held):
        told = [line for name in missing for line in _on_refusal(refusals[name], name)]
        never = f"{', '.join(missing)}: not ingested yet; run `hearth ingest`"
        raise NotFoundError("\n".join([never, *told]))
    shares = {c.source: share_linked(c, state_dir) for c in contracts}
    links = {name: share for name, share in shares.items() if share is not None}
    context.result(
        {
            name: {
                **report,
                "links": vars(links[name]) if name in links else None,
                "refused": refusals[name],
            }
            for name, report in held.items()
        }
    )
    if not as_json:
        context.show(_summary(held, links))
    for name, report in held.items():
        asks = [
            *_on_refusal(refusals[name], name),
            *report["notes"],
            *_on_links(links.get(name), wanted=bool(names)),
        ]
        if names or asks:
            context.say(f"{name}: {context.shown(folders[name] / QUALITY_PAGE)}")
        for line in asks:
            context.say(f"  {line}")
        if show:
            _open(folders[name] / QUALITY_PAGE)
    if missing:
        context.say(f"Not ingested yet: {', '.join(missing)}")


def _on_refusal(refusal: dict[str, Any] | None, source: str) -> list[str]:
    """Lines on the extract of a source that was refused last, and on what is held instead."""
    if refusal is None:
        return []
    said = f"An extract of {source} was refused on {refusal['on']}; nothing newer is held. Because:"
    return [said, *(f"  {fault}" for fault in refusal["because"])]


def _on_links(share: "Share | None", *, wanted: bool) -> list[str]:
    """A line on the links of a source, where it was asked for or something is amiss."""
    return [share.in_words()] if share is not None and (wanted or not share.holds) else []


def _summary(reports: dict[str, dict[str, Any]], links: "dict[str, Share]") -> Table:
    """One line a source."""
    figures = ("rows", "change", "aside", "gaps", "delay", "linked")
    source = Column("source", no_wrap=True)  # the name is what other commands are given
    table = Table(source, *(Column(n, justify="right") for n in figures), "notes")
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
            "–" if name not in links else links[name].percent,
            str(len(report["notes"]) or "–"),
        )
    table.caption = (
        "change: in rows since the last extract · aside: rows set aside · "
        "gaps: empty in the emptiest column · delay: from event to knowledge, median · "
        "linked: of its persons or addresses"
    )
    return table


def _open(path: "Path") -> None:
    typer.launch(path.as_uri())
