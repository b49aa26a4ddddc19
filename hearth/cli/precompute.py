"""The command that scores every subject of a model beforehand."""

import typer

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import JsonOption, open_context, utc_now


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Service",
        epilog="Example: hearth precompute school_readiness · Acts as the holder of the key in "
        "HEARTH_API_KEY.",
    )(precompute)


def precompute(command: typer.Context, model: ModelArgument, as_json: JsonOption = False) -> None:
    """Score every subject of the feature store with reasons, on record, to be looked up at once."""
    from features.store import FeatureStore
    from serving.precomputed.making import precompute as make
    from serving.scores.served_models import served_model
    from serving.tree_shap.machine_code import ready_kernel

    context = open_context(command, as_json=as_json)
    identity = context.identity()
    kernel = ready_kernel(context.settings.state_dir, context.say)
    with context.progress() as progress:
        made = make(
            served_model(context.records, model, kernel),
            identity=identity,
            store=FeatureStore(context.settings.store_url),
            engine=context.records,
            clock=utc_now,
            progress=progress,
        )
    context.result(vars(made))
    left_out = f"; {made.suspended:,} not to be scored left out" if made.suspended else ""
    context.say(
        f"{made.scores:,} scores of {model} version {made.version} can be looked up{left_out}."
    )
