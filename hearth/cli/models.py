"""The command that trains: candidates over time splits, the best registered as challenger."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.table import Table

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import Context, JsonOption, open_context

BAR_NOT_MET = 3


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth train rental_standards · Exit code 3: trained, but the bar was not met.",
    )(train)


@dataclass(frozen=True)
class Trained:
    """What a training run came to, over its test dates."""

    model: str
    version: str
    chosen: str
    precision: float
    base_rate: float
    is_bar_met: bool
    metrics: dict[str, Any]


def train(
    command: typer.Context,
    models: ModelsArgument = None,
    force: Annotated[
        bool, typer.Option("--force", help="Train even where nothing has changed.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train and compare every candidate over time, and register the best, a rule included."""
    context = open_context(command, as_json=as_json)
    trained = [
        train_model(context, model, force=force)
        for model in models or sorted(context.catalogue.models)
    ]
    context.result({each.model: each.metrics for each in trained})
    if not all(each.is_bar_met for each in trained):
        raise typer.Exit(BAR_NOT_MET)


def train_model(context: Context, model: str, *, force: bool = False) -> Trained:
    """Train one model and show how its candidates did."""
    from training.commands import train as train_version

    with context.progress() as progress:
        made = train_version(
            context.catalogue,
            context.settings,
            model,
            audit=context.audit,
            again=force,
            progress=progress,
        )
    state = "is up to date" if made.was_current else "is trained"
    context.say(f"{model} version {made.version} {state}.")
    context.show(_table(made.metrics))
    for line in made.metrics["success"]["lines"]:
        mark = {True: "met    ", False: "NOT MET", None: "n/a    "}[line["met"]]
        context.say(f"  {mark} {line['rule']}: {line['detail']}")
    for sentence in made.metrics["success"]["registered"]["sentences"]:
        context.say(f"  {sentence}")
    context.say(f"  {made.metrics['selection']['note']}")
    for name, finding in made.metrics["analyses"].items():
        if finding["sentences"]:
            context.say(f"{name.replace('_', ' ').capitalize()}:")
        for sentence in finding["sentences"]:
            context.say(f"  {sentence}")
    chosen, splits = made.metrics["chosen"], made.metrics["splits"]
    figures = [split["candidates"][chosen]["precision_at_capacity"]["value"] for split in splits]
    known = [figure for figure in figures if figure is not None]
    return Trained(
        model=model,
        version=made.version,
        chosen=chosen,
        precision=sum(known) / len(known) if known else float("nan"),
        base_rate=sum(split["base_rate"] for split in splits) / len(splits),
        is_bar_met=made.is_bar_met,
        metrics=made.metrics,
    )


def _table(metrics: dict[str, Any]) -> Table:
    """Candidates down, test dates across: the bar's figure with its interval, and mean AUC."""
    splits, judged_by = metrics["splits"], metrics["selection"]["metric"]
    table = Table(
        judged_by.replace("_", " "), *(f"tested {s['test_as_of']}" for s in splits), "mean AUC"
    )
    for name in metrics["candidates"]:
        figures = [split["candidates"][name] for split in splits]
        known = [each["auc"] for each in figures if each["auc"] is not None]
        table.add_row(
            f"{name} (best)" if name == metrics["chosen"] else name,
            *(_with_interval(each[judged_by]) for each in figures),
            f"{sum(known) / len(known):.3f}" if known else "cannot tell",
        )
    return table


def _with_interval(estimate: dict[str, float | None]) -> str:
    value, low, high = (estimate[part] for part in ("value", "low", "high"))
    if value is None:
        return "cannot tell"
    return (
        f"{value:.0%}" if low is None or high is None else f"{value:.0%} ({low:.0%} to {high:.0%})"
    )
