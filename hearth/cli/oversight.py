"""The command that gathers for the board what became of a version in use."""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import OPERATOR, JsonOption, open_context
from hearth.cli.monitor import ALARMS


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Governance",
        epilog="Example: hearth oversight school_readiness · Exit code 4: there are alarms.",
    )(oversight)


def oversight(command: typer.Context, model: ModelArgument, as_json: JsonOption = False) -> None:
    """Gather overrides, dwell, challenges, drift and days left of the version in use, for its page."""
    from governance.human_use.oversight import oversee

    context = open_context(command, as_json=as_json)
    found = oversee(
        context.catalogue,
        context.settings,
        model,
        engine=context.records,
        audit=context.audit,
        actor=OPERATOR,
    )
    context.result(found)
    use = found["use"]
    if use["everyone"] is None:
        context.say("Nobody has decided on a score of this version yet.")
    else:
        context.show(_table("Everyone", [use["everyone"]]))
        for each in use["tables"]:
            if each["rows"]:
                context.show(_table(f"By {each['title'].lower()}", each["rows"]))
            else:
                context.say(f"  {each['too_few']}")
    if found["drift"] is None:
        context.say(f"  Drift by group is not known: run hearth monitor {model}, then this again.")
    for alarm in found["alarms"]:
        context.say(f"  ALARM {alarm}")
    context.say(
        f"  {len(found['alarms']) or 'No'} alarms of {model} version {found['version']}. "
        "The monitoring page shows this from now on."
    )
    context.say(
        "  To read it as section 15, beside the report that the board approved: "
        f"hearth report {model} --version {found['version']} --out FOLDER"
    )
    if found["alarms"]:
        raise typer.Exit(ALARMS)


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    from governance.report.sections.human_use import rate, seconds
    from governance.report.words import count

    table = Table("", "decisions", "overridden", "within seconds", "half within", title=title)
    for row in rows:
        cells = (
            row["group"],
            count(row["decisions"]),
            rate(row["override_rate"]),
            rate(row["quick_rate"]),
            seconds(row["median_dwell_s"]),
        )
        table.add_row(*map(escape, cells))
    return table
