"""The command that prints the register of sources."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import HORIZONTALS
from rich.table import Column, Table

from hearth.cli.context import Context, JsonOption, open_context
from hearth.storage.publications import REGISTER

if TYPE_CHECKING:
    from features.data_register import Entry


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Data", epilog="Example: hearth sources --html register.html")(
        sources
    )


def sources(
    command: typer.Context,
    page: Annotated[
        Path | None,
        typer.Option(
            "--html", help="Write the register as a page.", dir_okay=False, show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the register as a page, Markdown, CSV and JSON.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Let the service show it, as the holder of your key."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the register of sources: what each is, on what footing it is held, and who uses it."""
    from features.data_register import register_of, render_register

    context = open_context(command, as_json=as_json)
    catalogue, settings = context.catalogue, context.settings
    register = register_of(
        catalogue.sources, catalogue.models, settings.state_dir, on=context.today
    )
    context.result([entry.as_json() for entry in register])
    if out is not None or publish:
        _write(context, register, out or settings.state_dir / REGISTER, publish=publish)
    if page is not None:
        page.write_text(render_register(register, on=context.today), encoding="utf-8")
        context.say(f"The register of {len(register)} sources is written: {context.shown(page)}")
    if as_json or publish or page is not None or out is not None:
        return
    source = Column("source", no_wrap=True)  # the name is what other commands are given
    table = Table(source, "footing", "for", "kept", "held", box=HORIZONTALS, show_lines=True)
    table.caption = "kept: how long, and until when it is agreed, marked from 90 days before · held: rows, day of the extract, day taken in"
    for entry in register:
        table.add_row(*entry.in_words())
    context.show(table)


def _write(context: Context, register: "Sequence[Entry]", folder: Path, *, publish: bool) -> None:
    """Write the register in its four forms, and lay it open if so asked."""
    from features.data_register import register_files
    from governance.transparency.commands import publish as lay_open
    from hearth.risk_model.files import write_folder

    identity = context.identity() if publish else None
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, register_files(register, on=context.today))
    context.say(f"The register of {len(register)} sources is written: {context.shown(folder)}")
    if identity is not None:
        lay_open(folder, REGISTER, identity=identity, audit=context.audit)
        context.say("  Published: the service shows it from now on.")


def publish_register(context: Context) -> None:
    """Lay the register open, as the holder of the context's key."""
    from features.data_register import register_of

    catalogue, state = context.catalogue, context.settings.state_dir
    register = register_of(catalogue.sources, catalogue.models, state, on=context.today)
    _write(context, register, state / REGISTER, publish=True)
