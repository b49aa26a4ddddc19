"""The command that prints the register of sources."""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import HORIZONTALS
from rich.table import Column, Table

from hearth.cli.context import JsonOption, open_context


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
    as_json: JsonOption = False,
) -> None:
    """Print the register of sources: what each is, on what footing it is held, and what is held of it."""
    from features.data_register import register_of, render_register

    context = open_context(command, as_json=as_json)
    register = register_of(context.catalogue.sources, context.settings.state_dir, on=context.today)
    context.result([entry.as_json() for entry in register])
    if page is not None:
        page.write_text(render_register(register, on=context.today), encoding="utf-8")
        context.say(f"The register of {len(register)} sources is written: {context.shown(page)}")
    if as_json or page is not None:
        return
    source = Column("source", no_wrap=True)  # the name is what other commands are given
    table = Table(source, "footing", "for", "kept", "held", box=HORIZONTALS, show_lines=True)
    table.caption = "kept: how long, and until when it is agreed, marked from 90 days before · held: rows, day of the extract, day taken in"
    for entry in register:
        table.add_row(*entry.in_words())
    context.show(table)
