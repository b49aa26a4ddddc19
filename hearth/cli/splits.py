"""The command that draws how a model is tested over time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context

if TYPE_CHECKING:
    from training.validation.splits_shown import SplitsShown

_TEXT = 30  # characters beside the drawing
_LEAST, _MOST = 40, 100  # characters of the drawing


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth splits rental_standards --svg splits.svg",
    )(splits)


def splits(
    command: typer.Context,
    model: ModelArgument,
    svg: Annotated[
        Path | None,
        typer.Option(help="Write the drawing to this file as SVG.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the dates a model learns from and is tested on, before its matrix is built or after."""
    from training.validation import split_chart
    from training.validation.splits_kept import keep_splits
    from training.validation.splits_shown import splits_shown

    context = open_context(command, as_json=as_json)
    shown = splits_shown(context.catalogue, context.settings, model, today=context.today)
    keep_splits(context.settings.state_dir, shown)
    _draw(context, shown)
    context.show(_dates(shown))
    for each in shown.untested:
        context.say(f"{each.as_of} is not tested: {each.why}.")
    if shown.counts is None:
        context.say(
            f"By the definition alone; `{context.hearth} build {model}` shows who was observed."
        )
    if svg is not None:
        svg.write_text(split_chart.svg(shown), encoding="utf-8")
        context.say(f"Wrote {context.shown(svg)}.")
    context.result(shown.as_json())


def _draw(context: Context, shown: "SplitsShown") -> None:
    from training.validation.split_chart import LEGEND, text_axis, text_lines

    if not shown.splits:
        context.say("No date can be tested on.")
        return
    width = max(_LEAST, min(_MOST, context.console.width - _TEXT))
    table = Table(
        "tested on",
        "learns from",
        text_axis(shown, width),
        title=f"Splits of {shown.model}",
    )
    for column in table.columns:
        column.no_wrap = True
    for split, line in zip(shown.splits, text_lines(shown, width), strict=True):
        many = len(split.training)
        table.add_row(str(split.test.as_of), f"{many} date{'s' * (many > 1)}", line)
    context.show(table)
    context.say(" · ".join(f"{mark} {meaning}" for mark, meaning in LEGEND.items()))


def _dates(shown: "SplitsShown") -> Table:
    """As-of dates down: when their labels are mature, and who was observed."""
    counted = () if shown.counts is None else ("rows", "observed", "base rate")
    table = Table("as-of date", "window closes", "labels mature", *counted)
    for each in shown.as_json()["dates"]:
        mature = each["mature_on"]
        row = [str(each["as_of"]), str(each["window_end"])]
        row.append(str(mature) if mature <= shown.known_by else f"not before {mature}")
        if shown.counts is not None:
            rate = each["base_rate"]
            row += [
                f"{each['rows']:,}",
                f"{each['observed']:,}",
                "–" if rate is None else f"{rate:.1%}",
            ]
        table.add_row(*row)
    return table
