"""The command that runs the analyses which fit models anew."""

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context

if TYPE_CHECKING:
    from training.refits import Analysed


_NARROWEST = 10


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models", epilog="Example: hearth analyse school_readiness ablation"
    )(analyse)


def analyse(
    command: typer.Context,
    model: ModelArgument,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="Analyses: ablation (what each source buys), assessors (how much of the skill is who "
            "looked), seeds (spread over retrains), proxies (what tells protected groups), matched_pairs "
            "(the like of different groups), mitigations (ways of evening out, and their price); all if "
            "none is given.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run again what was found of this version before.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fit a trained model anew in other ways, and say what it tells: minutes, so no training waits for it."""
    from training.analyses.refitted import REFITTED
    from training.refits import analyse_anew

    context = open_context(command, as_json=as_json)
    names = list(dict.fromkeys(what or REFITTED))
    unknown = sorted(set(names) - REFITTED.keys())
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(unknown)} is no analysis; use one of {', '.join(REFITTED)}"
        )
    with context.progress() as progress:
        version, found = analyse_anew(
            context.catalogue,
            context.settings,
            model,
            names,
            audit=context.audit,
            again=force,
            progress=progress,
        )
    context.result({"model": model, "version": version.version, "analyses": _by_name(found)})
    for each in found:
        told = f"{model} version {version.version}: {each.name}"
        if each.found is None:
            context.say(f"{told} has nothing to look into: {each.nothing}.")
            continue
        context.say(f"{told} {'was found before' if each.was_current else 'is done'}.")
        _say(context, each.found)


def _by_name(found: "list[Analysed]") -> dict[str, Any]:
    return {each.name: each.found for each in found}


def _say(context: Context, found: dict[str, Any]) -> None:
    """Whatever is a list of records as a table, then the sentences."""
    for value in found.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            context.show(_table(value, found.get("title")))
    for sentence in found["sentences"]:
        context.say(f"  {sentence}")


def _table(records: list[dict[str, Any]], title: str | None) -> Table:
    """Records line by line, no heading much wider than what stands below it."""
    rows = [list(map(_cell, record.values())) for record in records]
    widths = [max(_NARROWEST, *map(len, column)) for column in zip(*rows, strict=True)]
    names = (name.replace("_", " ") for name in records[0])
    table = Table(*map(_folded, names, widths), title=title)
    for row in rows:
        table.add_row(*row)
    return table


def _folded(name: str, width: int) -> str:
    return "\n".join(textwrap.wrap(name, width, break_long_words=False))


def _cell(value: object) -> str:
    if isinstance(value, dict):  # an estimate with its interval
        middle, *ends = ("cannot tell" if e is None else f"{e:+.3f}" for e in value.values())
        return middle if value["value"] is None else f"{middle} ({' to '.join(ends)})"
    if value is None:
        return "cannot tell"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
