"""Arguments that several commands share."""

from datetime import date
from typing import Annotated

import typer

from hearth.yaml_values import check_name

ModelArgument = Annotated[str, typer.Argument(help="Name of the model: its folder under models/.")]
ModelsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Names of models; all of the workspace if none is given.", show_default=False
    ),
]
AsOfOption = Annotated[
    str, typer.Option("--as-of", help="Date, as known before it: 2026-04-01.", metavar="DATE")
]


def past_day(text: str, today: date) -> date:
    """A date that has come; what will be known later nobody can say."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "is no date; write year-month-day, such as 2026-04-01", param_hint="--as-of"
        ) from None
    if day > today:
        raise typer.BadParameter(
            f"lies ahead of today, {today}; give today or an earlier day",
            param_hint="--as-of",
        )
    return day


def checked_name(name: str) -> str:
    """A name that contracts and definitions take, before a file is called by it."""
    try:
        return check_name(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
