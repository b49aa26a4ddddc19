"""The command that scores every subject of a model beforehand."""

from typing import TYPE_CHECKING

import typer

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.identity import Identity
from hearth.release import AREAS

if TYPE_CHECKING:
    from serving.scores.served_models import ServedModel


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Service",
        epilog="Example: hearth precompute school_readiness · Acts as the holder of the key in "
        "HEARTH_API_KEY.",
    )(precompute)


def precompute(command: typer.Context, model: ModelArgument, as_json: JsonOption = False) -> None:
    """Score every subject of the feature store with reasons, on record, to be looked up and listed at once."""
    from serving.scores.served_models import served_model
    from serving.tree_shap.machine_code import ready_kernel

    context = open_context(command, as_json=as_json)
    identity = context.identity()
    kernel = ready_kernel(context.settings.state_dir, context.say)
    served = served_model(context.records, model, kernel)
    if served.model.about.get("release_level") == AREAS:
        _count_areas(context, served, identity)
    else:
        _score_everyone(context, served, identity)


def _score_everyone(context: Context, served: "ServedModel", identity: Identity) -> None:
    from features.store import FeatureStore
    from serving.precomputed.making import precompute as make

    with context.progress() as progress:
        made = make(
            served,
            identity=identity,
            store=FeatureStore(context.settings.store_url),
            engine=context.records,
            clock=utc_now,
            progress=progress,
        )
    context.result(vars(made))
    left_out = f"; {made.suspended:,} not to be scored left out" if made.suspended else ""
    context.say(
        f"{made.scores:,} scores of {made.model} version {made.version} can be looked up{left_out}."
    )


def _count_areas(context: Context, served: "ServedModel", identity: Identity) -> None:
    """Count where the list of a model released for areas lies; no score of anyone is kept."""
    from features.store import FeatureStore
    from governance.disclosure.control import disclosure_policy
    from serving.precomputed.areas import count_areas

    definition = context.catalogue.model(served.approval.model)
    with context.progress() as progress:
        made = count_areas(
            served,
            identity=identity,
            store=FeatureStore(context.settings.store_url),
            engine=context.records,
            audit=context.audit,
            policy=disclosure_policy(definition.fairness.disclosure),
            progress=progress,
        )
    context.result(vars(made))
    context.say(
        f"The list of {made.model} version {made.version} is counted in {made.areas:,} areas; "
        "no score of anyone is kept."
    )
