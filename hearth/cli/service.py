"""Commands that score: the HTTP service, and files of scores."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hearth.cli.approval import void_changed
from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context, utc_now

_PANEL = "Service"


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth serve --port 8080")(serve)
    app.command(
        rich_help_panel=_PANEL,
        epilog="Example: hearth score school_readiness families.csv scores.parquet · Acts as the holder of "
        "the key in HEARTH_API_KEY.",
    )(score)


def serve(
    command: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 127.0.0.1 if not set.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 8000 if not set, 0 for any free one."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
) -> None:
    """Answer over HTTP: scores with reasons of approved models, and pages to read."""
    context = open_context(command)
    if context.settings.pepper_is_for_development:
        typer.echo(
            "Keys are mixed with the published pepper: set HEARTH_API_KEY_PEPPER before real use.",
            err=True,
        )
    serve_until_stopped(
        context,
        host=host,
        port=port,
        workers=workers,
        announce=lambda url: context.say(f"Hearth answers on {url} (stop with Ctrl-C)"),
    )


def serve_until_stopped(
    context: Context,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    announce: Callable[[str], None],
) -> None:
    """Serve the workspace until told to stop; what changed since its approval is voided first."""
    from serving.commands import serve as answer

    void_changed(context)
    answer(
        context.settings,
        utc_now,
        host=host,
        port=port,
        workers=workers,
        announce=announce,
        say=context.say,
    )


def score(
    command: typer.Context,
    model: ModelArgument,
    source: Annotated[
        Path,
        typer.Argument(dir_okay=False, help="CSV or Parquet: entity_id alone, or every feature."),
    ],
    target: Annotated[Path, typer.Argument(dir_okay=False, help="CSV or Parquet to write.")],
    as_json: JsonOption = False,
) -> None:
    """Score a file: rows in, probabilities, bands and reasons out, the batch put on record."""
    from features.store import FeatureStore
    from serving.files.batch import score_file
    from serving.scores.served_models import served_model
    from serving.tree_shap.machine_code import ready_kernel

    context = open_context(command, as_json=as_json)
    identity = context.identity()
    kernel = ready_kernel(context.settings.state_dir, context.say)
    served = served_model(context.records, model, kernel)
    with context.progress() as progress:
        summary = score_file(
            served,
            context.located(source),
            target,
            identity=identity,
            store=FeatureStore(context.settings.store_url),
            audit=context.audit,
            progress=progress,
        )
    context.result(vars(summary))
    context.say(
        f"Scored {summary.rows:,} rows with {model} version {served.approval.version} into {target}."
    )
    if summary.suspended:
        context.say(
            f"Left out: {summary.suspended:,} rows whose subject objected or has processing restricted."
        )
