"""The command that trains: candidates over time splits, the best registered as challenger."""

from dataclasses import dataclass
from typing import Any

import typer
from rich.table import Table

from hearth.cli.context import Context, JsonOption, open_context
from hearth.cli.data import ModelsArgument

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


def train(
    command: typer.Context, models: ModelsArgument = None, as_json: JsonOption = False
) -> None:
    """Train and compare every candidate over time, and register the best, a rule included."""
    context = open_context(command, as_json=as_json)
    trained = [train_model(context, model) for model in models or sorted(context.catalogue.models)]
    if not all(each.is_bar_met for each in trained):
        raise typer.Exit(BAR_NOT_MET)


def train_model(context: Context, model: str) -> Trained:
    """Train one model and show how its candidates did."""
    from training.commands import train as train_version

    with context.progress() as progress:
        made = train_version(context.catalogue, context.settings, model, progress=progress)
    context.result(made.metrics)
    state = "is up to date" if made.was_current else "is trained"
    context.say(f"{model} version {made.version} {state}.")
    context.console.print(_table(made.metrics))
    for line in made.metrics["success"]["lines"]:
        mark = {True: "met    ", False: "NOT MET", None: "n/a    "}[line["met"]]
        context.say(f"  {mark} {line['rule']}: {line['detail']}")
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
    )


def _table(metrics: dict[str, Any]) -> Table:
    """Candidates by test date: figures at capacity first."""
    table = Table(
        "tested on",
        "candidate",
        "precision at capacity",
        "95 % interval",
        "lift",
        "AUC",
        "predicted / actual",
    )
    for split in metrics["splits"]:
        for name, figures in split["candidates"].items():
            precision = figures["precision_at_capacity"]
            bounds = (precision["low"], precision["high"])
            table.add_row(
                split["test_as_of"],
                f"{name} (best)" if name == metrics["chosen"] else name,
                _shown(precision["value"], ".1%"),
                "" if None in bounds else f"{bounds[0]:.1%} to {bounds[1]:.1%}",
                _shown(figures["lift"], ".2f"),
                _shown(figures["auc"], ".3f"),
                _shown(figures["predicted_over_actual"], ".2f"),
            )
        table.add_section()
    return table


def _shown(value: float | None, form: str) -> str:
    return "cannot tell" if value is None else format(value, form)
