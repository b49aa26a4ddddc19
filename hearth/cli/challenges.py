"""Challenges: what people object to, and what of it is overdue."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Column, Table

from hearth.cli.context import JsonOption, open_context
from hearth.storage.engine import reading

if TYPE_CHECKING:
    from serving.oversight.answers import ChallengeAnswer

_challenges = typer.Typer(help="Objections to scores.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_challenges, name="challenges", rich_help_panel="Records")


@_challenges.command("list", epilog="Example: hearth challenges list --overdue")
def show(
    command: typer.Context,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those not acknowledged in time.")
    ] = False,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List open challenges, earliest first: where each stands, and by when it is to be acknowledged.

    Shows no statement and no subject: those are for reviewers, over HTTP.
    """
    from serving.oversight.challenges import all_challenges

    context = open_context(command, as_json=as_json)
    with reading(context.records) as connection:
        found = all_challenges(connection, context.today, is_open=not closed)
    shown = [one for one in found if one.overdue or not overdue]
    context.result([_without_words(one) for one in shown])
    if as_json:
        return
    late = sum(one.overdue for one in found)
    if shown:
        context.show(_table(shown))
    context.say(f"{len(found)} {'in all' if closed else 'open'}, {late} overdue.")


def _without_words(challenge: "ChallengeAnswer") -> dict[str, object]:
    """A challenge without what people wrote."""
    told: dict[str, object] = msgspec.to_builtins(challenge)
    return {
        name: value for name, value in told.items() if name not in {"statement", "closed_reason"}
    }


def _table(found: "list[ChallengeAnswer]") -> Table:
    table = Table(
        Column("id", no_wrap=True), "model", "ground", "state", "opened", "acknowledge by", ""
    )
    for one in found:
        table.add_row(
            one.challenge_id,
            f"{one.model} {one.version}",
            one.ground,
            one.state,
            f"{one.opened_at:%Y-%m-%d}",
            one.acknowledge_by.isoformat(),
            "overdue" if one.overdue else "",
        )
    return table
