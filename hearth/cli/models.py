"""The command that trains: candidates over time splits, the best registered as challenger."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import Context, JsonOption, open_context
from hearth.cli.headline import headline

if TYPE_CHECKING:
    from training.trained.versions import TrainedVersion

BAR_NOT_MET = 3
_HEADINGS = {"auc": "AUC", "days_earlier": "days earlier"}
_SQLITE = "sqlite:///"


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
    context.say(f"{model} version {made.version} {state}. {headline(made.metrics)}")
    context.show(_table(made.metrics))
    if not made.was_current:
        _say_bar(context, made.metrics)
        _say_findings(context, made.metrics)
    _say_where_the_rest_is(context, made)
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


def _say_bar(context: Context, metrics: dict[str, Any]) -> None:
    """Every line of the bar, when it was set, and what to keep in mind of figures of the best."""
    for line in metrics["success"]["lines"]:
        mark = {True: "met    ", False: "NOT MET", None: "n/a    "}[line["met"]]
        context.say(f"  {mark} {line['rule']}: {line['detail']}")
    for sentence in (
        *metrics["success"]["registered"]["sentences"],
        metrics["selection"]["note"],
    ):
        context.say(f"  {sentence}")


def _say_findings(context: Context, metrics: dict[str, Any]) -> None:
    """The first sentence of every analysis."""
    for name, finding in metrics["analyses"].items():
        for sentence in finding["sentences"][:1]:
            context.say(f"{name.replace('_', ' ').capitalize()}: {sentence}")


def _say_where_the_rest_is(context: Context, made: "TrainedVersion") -> None:
    from training.trained.versions import MODEL_CARD

    url = context.settings.mlflow_url
    kept = url.removeprefix(_SQLITE)
    shown = f"{_SQLITE}{context.shown(Path(kept))}" if url.startswith(_SQLITE) else "URL"
    context.say(
        f"All of it: {context.shown(made.folder / MODEL_CARD)} · {context.hearth} report {made.model} · "
        f"mlflow ui --backend-store-uri {shown}"
    )


def _table(metrics: dict[str, Any]) -> Table:
    """Candidates down, test dates across: the bar's figure with its interval, and means of others."""
    splits, judged_by = metrics["splits"], metrics["selection"]["metric"]
    means = {"auc": ".3f"}
    chosen = [split["candidates"][metrics["chosen"]] for split in splits]
    if any(each["days_earlier"] is not None for each in chosen):
        means["days_earlier"] = ".1f"
    table = Table(
        judged_by.replace("_", " "),
        *(f"tested {s['test_as_of']}" for s in splits),
        *(f"mean {_HEADINGS[name]}" for name in means),
    )
    for name in metrics["candidates"]:
        figures = [split["candidates"][name] for split in splits]
        table.add_row(
            f"{name} (put forward)" if name == metrics["chosen"] else name,
            *(_with_interval(each[judged_by]) for each in figures),
            *(_mean([each[figure] for each in figures], form) for figure, form in means.items()),
        )
    return table


def _mean(values: list[float | None], form: str) -> str:
    known = [value for value in values if value is not None]
    return format(sum(known) / len(known), form) if known else "cannot tell"


def _with_interval(estimate: dict[str, float | None]) -> str:
    value, low, high = (estimate[part] for part in ("value", "low", "high"))
    if value is None:
        return "cannot tell"
    return (
        f"{value:.0%}" if low is None or high is None else f"{value:.0%} ({low:.0%} to {high:.0%})"
    )
