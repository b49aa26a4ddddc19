"""Commands on linkage: how right links are, and what clerks make of the doubtful ones."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from hearth.cli.context import OPERATOR, JsonOption, open_context
from hearth.pseudonyms import PseudonymMap

if TYPE_CHECKING:
    from features.linkage.truth import Line

_PANEL = "Data"
_TRUTH = Path("data/council/truth")
_SHOWN = 8  # groups of an attribute that the terminal shows: the worst found; the files hold all
_link = typer.Typer(
    help="How right the links of persons are, and what clerks decide about doubtful ones.",
    no_args_is_help=True,
)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    _link.command(epilog="Example: hearth link evaluate --truth data/council/truth")(evaluate)
    _link.command(epilog="Example: hearth link sample --pairs 200")(sample)
    _link.command(epilog="Example: hearth link decide .hearth/linkage/review/pairs.csv")(decide)
    app.add_typer(_link, name="link", rich_help_panel=_PANEL)


def evaluate(
    command: typer.Context,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the truth. [default: the workspace's data/council/truth]",
            file_okay=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the links by a known truth: overall, and by ethnic group, age band and area."""
    from features.linkage.commands import evaluate_links
    from features.linkage.evaluation import EVERYBODY
    from features.linkage.truth import ALL_SOURCES

    context = open_context(command, as_json=as_json)
    with PseudonymMap.opened(context.settings) as pseudonyms:
        made = evaluate_links(
            context.catalogue,
            context.settings.state_dir,
            context.located(truth) if truth else context.settings.workspace / _TRUTH,
            on=context.today,
            pseudonyms=pseudonyms,
        )
    context.result(
        {"lines": [line.figures() for line in made.lines], "differences": made.differences}
    )
    overall = [line for line in made.lines if line.attribute == EVERYBODY]
    context.show(_table("source", ((line.source, line) for line in overall)))
    for attribute in sorted({line.attribute for line in made.lines} - {EVERYBODY}):
        found = [
            line
            for line in made.lines
            if line.attribute == attribute and line.source == ALL_SOURCES
        ]
        worst = sorted(found, key=lambda line: line.quality.recall)[:_SHOWN]
        context.show(_table(attribute, ((line.group, line) for line in worst)))
    for sentence in made.differences:
        context.say(sentence)
    context.say(f"Every source and group stands in {context.shown(made.folder)}.")


def sample(
    command: typer.Context,
    pairs: Annotated[int, typer.Option(min=1, help="At most how many pairs.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Draw doubtful pairs for clerks to decide. The file holds personal data, and is put on record."""
    from features.linkage.commands import sample as draw

    context = open_context(command, as_json=as_json)
    path, count = draw(
        context.catalogue,
        context.settings.state_dir,
        pairs,
        audit=context.audit,
        actor=OPERATOR,
    )
    context.result({"file": str(path), "pairs": count})
    context.say(
        f"Drew {count:,} pairs into {context.shown(path)}, which only you can read. Write yes, no or "
        f"unsure, who and when beside each, then run: "
        f"{context.hearth} link decide {shlex.quote(context.shown(path))}"
    )


def decide(
    command: typer.Context,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The sample, decided.")],
    as_json: JsonOption = False,
) -> None:
    """Take in what clerks decided: it goes before every weight. Links are made again by it."""
    from features.linkage.commands import decide as take_in

    context = open_context(command, as_json=as_json)
    with context.progress() as progress:
        count, bands = take_in(
            context.catalogue,
            context.settings.state_dir,
            context.located(file),
            on=context.today,
            audit=context.audit,
            actor=OPERATOR,
            progress=progress,
        )
    rows = [
        {
            "match_weight_from": band.at_least,
            "pairs": band.pairs,
            "right": band.right,
            "precision": band.precision,
            "interval": band.interval,
        }
        for band in bands
    ]
    context.result({"decisions": count, "precision_by_weight": rows})
    table = Table("match weight from", "decided", "one person", "precision", "95% interval")
    for band in bands:
        low, high = band.interval
        counts = (f"{band.pairs:,}", f"{band.right:,}", f"{band.precision:.2%}")
        table.add_row(f"{band.at_least:+.0f}", *counts, f"{low:.2%} to {high:.2%}")
    context.show(table)
    context.say(f"Took in {count:,} decisions and linked again by them.")


def _table(first: str, lines: Iterable[tuple[str, "Line"]]) -> Table:
    columns = ("precision", "recall", "95% interval", "F1", "found", "to be found")
    table = Table(Column(first, no_wrap=True), *columns)
    for name, line in lines:
        row = line.figures()
        if row["true"] is None:
            table.add_row(name, "too few to say")
            continue
        table.add_row(
            name,
            f"{row['precision']:.4f}",
            f"{row['recall']:.4f}",
            f"{row['recall_low']:.4f}–{row['recall_high']:.4f}",
            f"{row['f1']:.4f}",
            f"{row['found']:,}",
            f"{row['true']:,}",
        )
    return table
