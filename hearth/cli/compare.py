"""The command that compares two trained versions on the same people."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from hearth.cli.context import Context, JsonOption, open_context
from hearth.registry import CHAMPION

if TYPE_CHECKING:
    from training.trained.version_comparison import Comparison

_EITHER = "MODEL@VERSION; the version is a number, champion or challenger."


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth compare school_readiness@champion challenger",
    )(compare)


def compare(
    command: typer.Context,
    before: Annotated[str, typer.Argument(help=_EITHER)],
    after: Annotated[
        str, typer.Argument(help=f"{_EITHER} Without a model it is a version of the same.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Compare two versions on the people whom both scored: figures, calibration, and who is listed."""
    from training.trained.version_comparison import compare_named

    context = open_context(command, as_json=as_json)
    model, version = _named(before, "")
    made = compare_named(
        context.catalogue, context.settings, (model, version), _named(after, model)
    )
    context.result(made.as_json())
    show_comparison(context, made)


def show_comparison(context: Context, made: "Comparison") -> None:
    """Show how the figures of two versions differ, and who enters and leaves the list."""
    compared = made.compared
    if compared.is_same:
        for sentence in compared.sentences():
            context.say(f"  {sentence}")
        return
    table = Table("mean over test dates", compared.before, compared.after, "difference")
    for found in compared.differences:
        table.add_row(
            found.metric.replace("_", " "),
            *(_number(compared.mean(side, found.metric)) for side in ("before", "after")),
            "cannot tell"
            if found.difference is None or found.low is None or found.high is None
            else f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f})",
        )
    context.show(table)
    for sentence in compared.sentences():
        context.say(f"  {sentence}")
    for attribute, groups in made.movement.items():
        moved = Table(attribute.replace("_", " "), "on the list before", "after", "enter", "leave")
        for each in groups:
            counts = (each.before, each.after, each.enters, each.leaves)
            moved.add_row(each.group, *map(str, counts))
        context.show(moved)
    context.say(f"  Plots and figures: {context.shown(made.folder)}")


def _number(value: float | None) -> str:
    return "cannot tell" if value is None else f"{value:.3f}"


def _named(text: str, model: str) -> tuple[str, str]:
    """Model and version of `MODEL@VERSION`, or of a version alone where the model is known."""
    named, at, version = text.rpartition("@")
    if not version or not (named if at else model):
        such = f"{'school_readiness' if text.isdecimal() else text.strip('@')}@{CHAMPION}"
        raise typer.BadParameter(f"{text} names no model and version; write one such as {such}")
    return named or model, version
