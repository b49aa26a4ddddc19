"""The command that trains a model anew on a new extract, and holds it against the one in use."""

from typing import TYPE_CHECKING

import typer

from hearth.cli.arguments import ModelArgument
from hearth.cli.compare import show_comparison
from hearth.cli.context import Context, JsonOption, open_context
from hearth.cli.data import build_model, ingest_sources
from hearth.cli.models import BAR_NOT_MET, train_model
from hearth.cli.monitor import in_use

if TYPE_CHECKING:
    from training.trained.versions_compared import Compared

WORSE = 5


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth retrain school_readiness · Exit codes: 3 trained, but the bar was not met, "
        "5 worse than the version before.",
    )(retrain)


def retrain(command: typer.Context, model: ModelArgument, as_json: JsonOption = False) -> None:
    """Ingest its sources, build and train by an unchanged definition, and compare with the version in use.

    Nothing is promoted: the version before is the one approved, or the newest where none is, and
    whether the new one takes its place is for the board. Building on a new extract voids the
    approval of the version before.
    """
    from features.commands import sources_behind
    from training.trained.same_definition import check_same_definition
    from training.trained.version_comparison import compare_named
    from training.trained.versions import kept_version

    context = open_context(command, as_json=as_json)
    before = kept_version(context.settings, model, in_use(context, model))
    check_same_definition(before, context.catalogue.model(model))
    ingest_sources(context, sources_behind(context.catalogue, model))
    build_model(context, model)
    trained = train_model(context, model)
    if trained.version == before.version:
        context.say(f"Nothing has changed since {before.name}: there is nothing to compare.")
        context.result({"version": trained.version, "before": before.version, "comparison": None})
        raise typer.Exit(0 if trained.is_bar_met else BAR_NOT_MET)
    made = compare_named(
        context.catalogue, context.settings, (model, before.version), (model, trained.version)
    )
    show_comparison(context, made)
    metric = context.catalogue.model(model).success.metric
    found = made.compared.deciding(metric)
    is_worse = found.high is not None and found.high < 0
    is_better = found.low is not None and found.low > 0
    verdict = (
        "better than" if is_better else "worse than" if is_worse else "not shown to be worse than"
    )
    if found.difference is None:
        verdict = "not to be told apart from"
    context.say(
        f"{model}@{trained.version} is {verdict} {before.name} by {metric.replace('_', ' ')}"
        f"{_of_whom(made.compared, metric)}."
    )
    _say_what_is_next(context, model, trained.version, may_be_submitted=trained.is_bar_met)
    context.result(
        {
            "version": trained.version,
            "before": before.version,
            "verdict": verdict,
            "is_bar_met": trained.is_bar_met,
            "comparison": made.as_json(),
        }
    )
    if not trained.is_bar_met:
        raise typer.Exit(BAR_NOT_MET)
    if is_worse:
        raise typer.Exit(WORSE)


def _of_whom(compared: "Compared", metric: str) -> str:
    """Whose outcomes decided, or what to keep in mind where nobody says who was visited."""
    if compared.unvisited is None:
        return " (nobody says who was visited, so visits may have had a part in it: label.visited)"
    return " of those not visited" if metric == "precision_at_capacity" else ""


def _say_what_is_next(
    context: Context, model: str, version: str, *, may_be_submitted: bool
) -> None:
    if may_be_submitted:
        context.say(
            f"For the board: {context.hearth} report {model} --version {version}, then "
            f"{context.hearth} submit {model} --version {version}"
        )
    else:
        context.say("It did not meet its bar and cannot be put to the board.")
