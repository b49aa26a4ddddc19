"""Commands on the map of pseudonyms: find, open and erase, by one role and on record."""

from typing import Annotated

import typer

from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.errors import NotFoundError
from hearth.identity import Permission, subject_reference
from hearth.pseudonyms import PseudonymMap
from hearth.storage.engine import writing

_SCOPE = "person"
_pseudonym = typer.Typer(
    help="Who is behind a pseudonym: for information governance, on record.", no_args_is_help=True
)

_SHORTEST_REASON = 10


def _checked_reason(reason: str) -> str:
    """A reason from which somebody can tell, years later, what it was."""
    if len(reason.strip()) < _SHORTEST_REASON:
        raise typer.BadParameter(
            f"says too little; name the request or rule in {_SHORTEST_REASON} characters or more, "
            "such as 'subject access request 31'"
        )
    return reason.strip()


ReasonOption = Annotated[
    str,
    typer.Option(
        help="Why, for the audit log: a request or a rule; never a name. At least 10 characters.",
        callback=_checked_reason,
    ),
]
PseudonymArgument = Annotated[str, typer.Argument(help="The person's pseudonym.")]


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_pseudonym, name="pseudonym", rich_help_panel="Records")


@_pseudonym.command(
    "find", epilog="Example: hearth pseudonym find 7001234 --reason 'subject access request 31'"
)
def find(
    command: typer.Context,
    number: Annotated[str, typer.Argument(help="The council's own number for the person.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Print the pseudonym of a person, known by the council's own number. It is recorded."""
    context = open_context(command, as_json=as_json)
    actor = _actor(context)
    try:
        with PseudonymMap.opened(context.settings) as pairs:
            pseudonym = pairs.pseudonym_of(number)
    except NotFoundError:
        _record(context, actor, "pseudonym.found", None, reason, outcome="not_found")
        raise
    _record(context, actor, "pseudonym.found", pseudonym, reason, outcome="shown")
    _tell(context, {"pseudonym": pseudonym}, pseudonym)


@_pseudonym.command(
    "open",
    epilog="Example: hearth pseudonym open 5f2c9a0e6b7d4c1f8a3e2d1b0c9f8e7d --reason 'court order 12'",
)
def open_(
    command: typer.Context,
    pseudonym: PseudonymArgument,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Print the council's own number of the person behind a pseudonym. It is recorded."""
    context = open_context(command, as_json=as_json)
    actor = _actor(context)
    try:
        with PseudonymMap.opened(context.settings) as pairs:
            number = pairs.number_of(pseudonym)
    except NotFoundError:
        _record(context, actor, "pseudonym.opened", None, reason, outcome="not_found")
        raise
    _record(context, actor, "pseudonym.opened", pseudonym, reason, outcome="shown")
    _tell(context, {"person_number": number}, number)


@_pseudonym.command(
    "erase",
    epilog="Example: hearth pseudonym erase 5f2c9a0e6b7d4c1f8a3e2d1b0c9f8e7d --reason 'erasure request 7'",
)
def erase(command: typer.Context, pseudonym: PseudonymArgument, reason: ReasonOption) -> None:
    """Delete the pair of a pseudonym for good: nobody can tell by it any more whose number it was.

    While the person's rows are in an extract, the next ingest takes them in under a new pseudonym.
    """
    context = open_context(command)
    actor = _actor(context)
    with PseudonymMap.opened(context.settings) as pairs, writing(context.records) as connection:
        # both or neither: no erasure without its entry
        context.audit.append(
            "pseudonym.erased",
            actor=actor,
            subject=subject_reference(connection, _SCOPE, pseudonym, utc_now()),
            details={"reason": reason},
            connection=connection,
        )
        pairs.erase(pseudonym, utc_now())
    context.say("The pair is erased. What was built under the pseudonym stays, and names nobody.")
    context.say(
        "Rows that extracts still hold of the person come back under a new pseudonym: have them "
        "removed at their source, then run: hearth ingest"
    )


def _actor(context: Context) -> str:
    """Id of the key that acts; PermissionDeniedError where it may not open pseudonyms."""
    identity = context.identity()
    identity.require(Permission.PSEUDONYM_OPEN)
    return identity.key_id


def _record(
    context: Context, actor: str, action: str, pseudonym: str | None, reason: str, *, outcome: str
) -> None:
    """An entry that is durable before anything is shown.

    What was typed and is no pseudonym goes nowhere: it may be the council's own number.
    """
    with writing(context.records) as connection:
        subject = (
            None
            if pseudonym is None
            else subject_reference(connection, _SCOPE, pseudonym, utc_now())
        )
        context.audit.append(
            action,
            actor=actor,
            subject=subject,
            details={"reason": reason, "outcome": outcome},
            connection=connection,
        )


def _tell(context: Context, found: dict[str, str], text: str) -> None:
    context.result(found)
    if not context.as_json:
        typer.echo(text)
