"""The command that brings the feature store up to a date and leaves the matrix alone."""

from datetime import datetime
from typing import Annotated

import typer

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import JsonOption, open_context


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Data",
        epilog="Example: hearth refresh school_readiness --as-of 2026-11-02",
    )(refresh)


def refresh(
    command: typer.Context,
    models: ModelsArgument = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Date at which the features are as known; the one that the store holds if not given.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put new data in the feature store; at the date it holds only what they touch is computed again."""
    from features.refresh import refresh_store
    from features.store import FeatureStore

    context = open_context(command, as_json=as_json)
    if as_of is not None and as_of.date() > context.today:
        raise typer.BadParameter("is in the future", param_hint="--as-of")
    store, found = FeatureStore(context.settings.store_url), []
    for model in models or sorted(context.catalogue.models):
        held = store.refresh_of(model)
        day = context.today if held is None else held.as_of
        with context.progress() as progress:
            made = refresh_store(
                context.catalogue,
                context.settings,
                model,
                as_of=day if as_of is None else as_of.date(),
                run_on=context.today,
                progress=progress,
            )
        found.append(vars(made))
        if made.up_to_date:
            context.say(f"  {model}: up to date, {made.rows:,} subjects as known at {made.as_of}")
        else:
            context.say(
                f"  {model}: {made.rows:,} subjects as known at {made.as_of}; "
                f"{made.computed:,} computed, {made.removed:,} taken out"
            )
            if made.why_all is not None:
                context.say(f"    all are computed: {made.why_all}")
    context.result(found)
