"""The command that writes the feature dictionary of a model."""

import typer

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import JsonOption, open_context


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Data", epilog="Example: hearth dictionary school_readiness")(
        dictionary
    )


def dictionary(command: typer.Context, model: ModelArgument, as_json: JsonOption = False) -> None:
    """Write what each feature of a built model is, whence, under what law, and how its values lie."""
    from features.dictionary.build import HTML, JSON, build_dictionary

    context = open_context(command, as_json=as_json)
    with context.progress() as progress:
        folder = build_dictionary(context.catalogue, context.settings, model, progress=progress)
    context.result({"html": str(folder / HTML), "json": str(folder / JSON)})
    context.say(f"Wrote {context.shown(folder / HTML)}, and the same as {JSON} beside it.")
