"""The command that looks for better learner parameters."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context
from hearth.definition import Search

if TYPE_CHECKING:
    from training.search import Searched

_MOST_SHOWN = 10


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth tune rental_standards --trials 40 · Exit code 130: stopped; the same "
        "command goes on.",
    )(tune)


def tune(
    command: typer.Context,
    model: ModelArgument,
    trials: Annotated[
        int | None, typer.Option(min=2, help="Settings to try in all, earlier ones counted.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Minutes of work in all, earlier ones counted.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look for better learner parameters on dates before the first test date, or go on looking."""
    from training.logged.search_log import search_findings
    from training.tune import tune as tune_model

    context = open_context(command, as_json=as_json)
    asked = trials is not None or minutes is not None
    budget = Search(trials=trials, minutes=minutes) if asked else None
    with context.progress() as progress:
        found = tune_model(context.catalogue, context.settings, model, budget, progress)
    (finding,) = search_findings(found)
    context.result({"model": model, **finding.as_json()})
    _show(context, found)
    for sentence in finding.sentences:
        context.say(f"  {sentence}")
    if found.importances:
        parts = ", ".join(f"{name} {share:.0%}" for name, share in found.importances.items())
        context.say(f"  What had to do with the better trials: {parts}.")


def _show(context: Context, found: "Searched") -> None:
    """The best trials, and the house settings wherever they came."""
    ranked = sorted(
        (each for each in found.tried if not each.was_given_up), key=lambda each: -each.value
    )
    house = found.tried[0]
    shown = ranked[:_MOST_SHOWN]
    if house not in shown:
        shown.append(house)
    table = Table("trial", found.metric.replace("_", " "), "trees", *house.values)
    for each in shown:
        name = f"{each.number} (house)" if each is house else str(each.number)
        values = [f"{value:.3g}" for value in each.values.values()]
        table.add_row(name, f"{each.figure:.4f}", str(each.trees), *values)
    context.show(table)
    if found.was_done:
        context.say("Already done: every trial had been made before, and none was made anew.")
    context.say(
        f"{len(found.tried)} tried, {len(found.tried) - len(ranked)} of them given up early."
    )
