"""The command that makes the records of a version: transparency record, notice, DPIA draft and others."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hearth.cli.approval import newest
from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context, utc_now


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Governance",
        epilog="Example: hearth transparency school_readiness --version 2 --against 1",
    )(transparency)


def transparency(
    command: typer.Context,
    model: ModelArgument,
    version: Annotated[
        str | None,
        typer.Option(
            "--version", help="Version; the newest trained if not given.", show_default=False
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="Show what differs from this version.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder to write into; .hearth/transparency/MODEL/VERSION if not given.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Let the service show them, as the holder of your key."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a version's records: ATRS, notice, DPIA draft, equality duty, what each source buys."""
    from governance.transparency.commands import compare_records, make_records
    from governance.transparency.commands import publish as lay_open
    from hearth.storage.publications import transparency_folder

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    identity = context.identity() if publish else None
    made = make_records(
        context.catalogue,
        context.settings,
        model,
        version,
        records=context.records,
        now=utc_now(),
        out=out,
    )
    changes = (
        None if against is None else compare_records(context.settings, model, against, made.files)
    )
    if identity is not None:
        lay_open(
            made.folder, transparency_folder(model, version), identity=identity, audit=context.audit
        )
    context.result(
        {
            "model": model,
            "version": version,
            "folder": made.folder,
            "files": sorted(made.files),
            "to_write": made.to_write,
            "notice_reading_age": round(made.reading_age, 1),
            "is_published": publish,
            "changes": None if changes is None else [vars(change) for change in changes],
        }
    )
    context.say(
        f"The records of {model} version {version} are written: {context.shown(made.folder)}"
    )
    context.say(f"  The notice can be read at about {made.reading_age:.0f} years of age.")
    if made.to_write:
        context.say(
            f"  Still to be written by a person ({len(made.to_write)}), in models/{model}/transparency.yaml:"
        )
        for line in made.to_write:
            context.say(f"    {line}")
    if publish:
        context.say("  Published: the service shows them from now on.")
    if changes is not None:
        context.say(f"  Different from version {against}: {len(changes) or 'nothing'}")
    if changes:
        table = Table("field", f"version {against}", f"version {version}", show_lines=True)
        for change in changes:
            table.add_row(
                *map(escape, (f"{change.ref} {change.label}", change.before, change.after))
            )
        context.show(table)


def publish_version(context: Context, model: str, version: str) -> None:
    """Make a version's records and lay them open, as the holder of the context's key."""
    from governance.transparency.commands import make_records
    from governance.transparency.commands import publish as lay_open
    from hearth.storage.publications import transparency_folder

    made = make_records(
        context.catalogue, context.settings, model, version, records=context.records, now=utc_now()
    )
    name = transparency_folder(model, version)
    lay_open(made.folder, name, identity=context.identity(), audit=context.audit)
    context.say(
        f"The records of {model} version {version} are published: {context.shown(made.folder)}"
    )
