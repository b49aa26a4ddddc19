"""The command that watches a version in use: what drifted, and what is an alarm."""

from typing import TYPE_CHECKING

import typer
from rich.table import Table

from hearth.cli.approval import VersionOption
from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context

if TYPE_CHECKING:
    from training.watching.monitored import Monitored

ALARMS = 4
_SHOWN = 10


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Models",
        epilog="Example: hearth monitor school_readiness · Exit code 4: there are alarms.",
    )(monitor)


def monitor(
    command: typer.Context,
    model: ModelArgument,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold the approved version, or the newest, against the feature store and the outcomes known by now."""
    from training.watching.monitoring import monitor as watch

    context = open_context(command, as_json=as_json)
    wanted = in_use(context, model, version)
    with context.progress() as progress:
        made = watch(
            context.catalogue,
            context.settings,
            model,
            wanted,
            today=context.today,
            progress=progress,
        )
    found = made.monitored
    context.result(found.as_json())
    context.say(f"{found.name}, trained to score {found.then}, at {found.now.as_of}:")
    if found.is_later or found.alarms():
        context.show(_moved(found))
    context.say(
        f"  Expected precision at capacity {found.expected[0]:.0%} (from the probabilities alone)"
    )
    for mature in found.mature:
        value = mature.precision.value
        context.say(
            f"  {mature.as_of}: base rate {mature.base_rate[0]:.1%}, precision at capacity "
            f"{'cannot tell' if value is None else f'{value:.0%}'}"
        )
    for note in found.notes():
        context.say(f"  {note}")
    alarms = found.alarms()
    for alarm in alarms:
        context.say(f"  ALARM {alarm}")
    context.say(f"  {len(alarms) or 'No'} alarms. Plots and figures: {context.shown(made.folder)}")
    if alarms:
        raise typer.Exit(ALARMS)


def _moved(found: "Monitored") -> Table:
    """What moved most, the score first."""
    from training.watching.monitored import worst_first

    table = Table("moved most", "measure", "now", "alarm above", "missing")
    for drift in (found.score, *worst_first(found.features)[:_SHOWN]):
        table.add_row(
            drift.name,
            drift.measure.replace("_", "-"),
            f"{drift.value:.3f}",
            f"{drift.threshold:.3f}",
            f"{drift.missing[1]:.0%}",
        )
    return table


def in_use(context: Context, model: str, version: str | None = None) -> str:
    """The version asked for, or the one a board has approved, or the newest trained."""
    from hearth.cli.approval import newest
    from hearth.storage.engine import reading
    from hearth.storage.published import current_approval

    if version is None:
        context.catalogue.model(model)
        with reading(context.records) as connection:
            approval = current_approval(connection, model)
        if approval is not None:
            version = approval.version
    return newest(context, model, version)
