"""OAuth2 clients: which systems may come in with a token of the council's identity provider."""

from typing import Annotated

import typer
from rich.table import Column, Table

from hearth.cli.context import OPERATOR, JsonOption, open_context, utc_now
from hearth.cli.keys import AreaOption, check_holder
from hearth.identity import ClientRecord, Role, add_client, list_clients, revoke_client
from hearth.storage.engine import reading, writing

_clients = typer.Typer(help="Add, list and revoke OAuth2 clients.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_clients, name="clients", rich_help_panel="Records")


@_clients.command(
    "add",
    epilog="Example: hearth clients add housing-crm 'Housing CRM' --role caseworker_system --purpose housing_standards",
)
def add(
    command: typer.Context,
    client_id: Annotated[str, typer.Argument(help="As the identity provider knows the client.")],
    name: Annotated[str, typer.Argument(help="What the council calls the system.")],
    role: Annotated[Role, typer.Option(help="What it may do; its tokens can only narrow that.")],
    purpose: Annotated[
        list[str] | None,
        typer.Option(help="Purpose it may use scores for; may be repeated."),
    ] = None,
    area: AreaOption = None,
) -> None:
    """Let in tokens of a client; one that was revoked comes back with what is given now."""
    context = open_context(command)
    check_holder(context, name, role, purpose or [])
    with writing(context.records) as connection:
        add_client(
            connection,
            client_id,
            name=name,
            role=role,
            actor=OPERATOR,
            audit=context.audit,
            now=utc_now(),
            purposes=purpose or [],
            areas=area or None,
        )
    context.say(f"Tokens of client {client_id} are let in.")
    if not context.settings.oauth_jwks:
        context.say(
            "HEARTH_OAUTH_ISSUER, HEARTH_OAUTH_AUDIENCE and HEARTH_OAUTH_JWKS are not set here; the service "
            "lets no token in unless they are set where it runs."
        )


@_clients.command("list", epilog="Example: hearth clients list --json")
def show(command: typer.Context, as_json: JsonOption = False) -> None:
    """List every client, those revoked too."""
    context = open_context(command, as_json=as_json)
    with reading(context.records) as connection:
        found = list_clients(connection)
    context.result(
        [
            {
                **vars(client),
                "purposes": sorted(client.purposes),
                "areas": None if client.areas is None else sorted(client.areas),
            }
            for client in found
        ]
    )
    if not as_json:
        context.show(_table(found))


@_clients.command("revoke", epilog="Example: hearth clients revoke housing-crm")
def revoke(
    command: typer.Context,
    client_id: Annotated[str, typer.Argument(help="The client's id, from `hearth clients list`.")],
) -> None:
    """Refuse a client's tokens from now on, also those it holds."""
    context = open_context(command)
    with writing(context.records) as connection:
        revoke_client(connection, client_id, actor=OPERATOR, audit=context.audit, now=utc_now())
    context.say(f"Tokens of client {client_id} are refused.")


def _table(found: list[ClientRecord]) -> Table:
    table = Table(Column("id", no_wrap=True), "name", "role", "purposes", "areas", "revoked")
    for client in found:
        table.add_row(
            client.client_id,
            client.name,
            client.role,
            ", ".join(sorted(client.purposes)),
            "all" if client.areas is None else ", ".join(sorted(client.areas)),
            "" if client.revoked_at is None else f"{client.revoked_at:%Y-%m-%d}",
        )
    return table
