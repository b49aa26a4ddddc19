"""Keys: who may act."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Column, Table

from hearth.cli.context import OPERATOR, Context, JsonOption, open_context, utc_now
from hearth.errors import NotFoundError
from hearth.identity import (
    ROLES,
    KeyRecord,
    Permission,
    Role,
    create_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from hearth.storage.engine import reading, writing

_GRACE_DAYS = 7
_FOR_A_PURPOSE = frozenset({Permission.SCORE_READ, Permission.SCORE_WRITE})

_keys = typer.Typer(help="Make, list, rotate and revoke API keys.", no_args_is_help=True)


KeyArgument = Annotated[str, typer.Argument(help="The key's id, from `hearth keys list`.")]
AreaOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Code of an area whose subjects the holder may see; may be repeated; all if not given. "
        "It is compared as it is, and checked against nothing: a code spelt otherwise shows nobody."
    ),
]


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_keys, name="keys", rich_help_panel="Records")


@_keys.command(
    "create",
    epilog="Example: hearth keys create 'Housing team' --role caseworker --purpose housing_standards",
)
def create(
    command: typer.Context,
    name: Annotated[
        str, typer.Argument(help="What the council calls the holder: a team or a system.")
    ],
    role: Annotated[Role, typer.Option(help="What the holder may do.")],
    purpose: Annotated[
        list[str] | None,
        typer.Option(help="Purpose the holder may use scores for; may be repeated."),
    ] = None,
    area: AreaOption = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until it stops working; never if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it cannot be shown again.

    Needs no key itself: whoever can open the records database can make one, and the audit log says so.
    """
    context = open_context(command, as_json=as_json)
    check_holder(context, name, role, purpose or [])
    key = make_key(context, name, role, purpose or [], areas=area, days=days)
    context.result({"name": name, "role": role.value, "key_id": _id_of(key), "key": key})
    _hand_over(context, key, as_json=as_json)


def _id_of(key: str) -> str:
    return key.split("_")[1]


def _hand_over(context: Context, key: str, *, as_json: bool) -> None:
    if not as_json:
        typer.echo(key)
    if context.settings.pepper_is_for_development:
        typer.echo(
            "Keys are mixed with the published pepper: set HEARTH_API_KEY_PEPPER before real use.",
            err=True,
        )


def check_holder(context: Context, name: str, role: Role, purposes: list[str]) -> None:
    """Refuse a holder without a name or for unknown purposes; warn of one that could score and has no purpose."""
    if not name.strip():
        raise typer.BadParameter("is empty; say which team or system it is", param_hint="name")
    if purposes:
        _check_purposes(context, purposes)
    elif ROLES[role] & _FOR_A_PURPOSE:
        typer.echo(
            f"A {role} without --purpose can neither make nor read a score: make one with --purpose, "
            "as the model's definition names it, and revoke this one.",
            err=True,
        )


def _check_purposes(context: Context, wanted: list[str]) -> None:
    """Refuse a purpose that nothing in the workspace is for; any goes where the folder is none."""
    try:
        known = context.catalogue.purposes()
    except NotFoundError:
        return
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise NotFoundError(
            f"no model or source is for {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        )


def make_key(
    context: Context,
    name: str,
    role: Role,
    purposes: list[str],
    *,
    areas: list[str] | None = None,
    days: int | None = None,
) -> str:
    """A new key, recorded in the audit log."""
    now = utc_now()
    with writing(context.records) as connection:
        return create_key(
            connection,
            context.pepper,
            name=name,
            role=role,
            actor=OPERATOR,
            audit=context.audit,
            now=now,
            purposes=purposes,
            areas=areas or None,
            expires_at=None if days is None else now + timedelta(days=days),
        )


@_keys.command("rotate", epilog="Example: hearth keys rotate 1c2def72a862 --grace-days 14")
def rotate(
    command: typer.Context,
    key_id: KeyArgument,
    grace_days: Annotated[
        int, typer.Option(min=0, help="Days that the old key works on, to change over.")
    ] = _GRACE_DAYS,
    as_json: JsonOption = False,
) -> None:
    """Make a key's successor, which may what the old one may, and print it; both work until the grace ends."""
    context = open_context(command, as_json=as_json)
    with writing(context.records) as connection:
        key = rotate_key(
            connection,
            context.pepper,
            key_id,
            grace=timedelta(days=grace_days),
            actor=OPERATOR,
            audit=context.audit,
            now=utc_now(),
        )
    context.result({"replaces": key_id, "key_id": _id_of(key), "key": key})
    _hand_over(context, key, as_json=as_json)


@_keys.command("list", epilog="Example: hearth keys list --json")
def show(command: typer.Context, as_json: JsonOption = False) -> None:
    """List every key ever made, without its secret."""
    context, now = open_context(command, as_json=as_json), utc_now()
    with reading(context.records) as connection:
        found = list_keys(connection)
    context.result(
        [
            {
                **vars(key),
                "purposes": sorted(key.purposes),
                "areas": None if key.areas is None else sorted(key.areas),
                "state": key.state(now),
            }
            for key in found
        ]
    )
    if not as_json:
        context.show(_table(found, now))


def _table(found: list[KeyRecord], now: datetime) -> Table:
    table = Table(
        Column("id", no_wrap=True), "name", "role", "purposes", "areas", "state", "created", "ends"
    )
    for key in found:
        ends = key.revoked_at or key.expires_at
        table.add_row(
            key.key_id,
            key.name,
            key.role,
            ", ".join(sorted(key.purposes)),
            "all" if key.areas is None else ", ".join(sorted(key.areas)),
            key.state(now),
            f"{key.created_at:%Y-%m-%d}",
            "" if ends is None else f"{ends:%Y-%m-%d}",
        )
    return table


@_keys.command("revoke", epilog="Example: hearth keys revoke 1c2def72a862")
def revoke(
    command: typer.Context,
    key_id: KeyArgument,
) -> None:
    """End a key, from now on and for good."""
    context = open_context(command)
    with writing(context.records) as connection:
        revoke_key(connection, key_id, actor=OPERATOR, audit=context.audit, now=utc_now())
    context.say(f"Key {key_id} no longer works.")
