"""The audit log: walking it, signing where it stands, and the key that others check this with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hearth.audit_log import LIMITS, AuditEntry, Verification
from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.errors import AuditError

if TYPE_CHECKING:
    from hearth.audit_log.signing import PublicKeys

_audit = typer.Typer(
    help="The audit log: verify it, and sign where it stands.", no_args_is_help=True
)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_audit, name="audit", rich_help_panel="Records")


@_audit.command(
    "verify",
    epilog="Example: hearth audit verify --checkpoints /mnt/witness --public-key audit_key.pub",
)
def verify(
    command: typer.Context,
    checkpoints: Annotated[
        Path | None,
        typer.Option(help="File or folder of checkpoints; the workspace's own if not given."),
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Public keys they are signed with; the workspace's own if not given."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk the whole audit log and name the first row that was edited, deleted or put in.

    Checkpoints show besides that the end was cut off, or the log written anew. Exit code 1: it does
    not hold.
    """
    context = open_context(command, as_json=as_json)
    known = _known(context, checkpoints, public_key)
    found = _verify(context, known)
    context.result(vars(found) | {"head": None if found.head is None else vars(found.head)})
    if not found.ok:
        raise AuditError(f"the audit log is broken at entry {found.first_bad}: {found.reason}")
    if not as_json:
        head = "empty" if found.head is None else f"head {found.head.entry_hash}"
        context.say(f"The audit log holds: {found.rows} entries, {head}.")
        if found.witnessed:
            context.say(f"{len(known)} checkpoints bear it out, up to entry {found.witnessed}.")
        else:
            context.say(f"What this cannot see: {LIMITS}")


@_audit.command("checkpoint", epilog="Example: hearth audit checkpoint")
def checkpoint(
    command: typer.Context,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Public keys of the checkpoints before, where the own key is a new one."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Sign where the audit log stands now, once it is verified against every checkpoint before."""
    from hearth.audit_log.checkpoints import add_checkpoint
    from hearth.audit_log.signing import open_signer

    context = open_context(command, as_json=as_json)
    folder = context.settings.checkpoints_dir
    found = _verify(context, _known(context, None, public_key))
    if not found.ok:
        raise AuditError(
            f"the audit log is broken at entry {found.first_bad}, and so is not signed: {found.reason}"
        )
    if found.head is None:
        raise AuditError("the audit log is empty: there is nothing to sign yet")
    signer = open_signer(context.settings.audit_key_file)
    is_new = add_checkpoint(folder, signer, found.head, utc_now())
    context.result({**vars(found.head), "is_new": is_new, "key_id": signer.key_id})
    context.say(
        f"Entry {found.head.sequence} is signed in {context.shown(folder)}."
        if is_new
        else f"Entry {found.head.sequence} was signed already."
    )


@_audit.command("key", epilog="Example: hearth audit key > audit_key.pub")
def key(command: typer.Context, as_json: JsonOption = False) -> None:
    """Print the public key that checkpoints are checked with, for whoever verifies them elsewhere.

    The private key is made first if there is none.
    """
    from hearth.audit_log.signing import open_signer

    context = open_context(command, as_json=as_json)
    signer = open_signer(context.settings.audit_key_file)
    context.result({"key_id": signer.key_id, "public_key": signer.public_text})
    if not as_json:
        typer.echo(signer.public_text, nl=False)


def _verify(context: Context, known: list[AuditEntry]) -> Verification:
    with context.progress() as progress:
        return context.audit.verify(known=known, progress=progress)


def _known(context: Context, checkpoints: Path | None, public_key: Path | None) -> list[AuditEntry]:
    """What checkpoints say of the log: those named, or the workspace's own if it has any."""
    from hearth.audit_log.checkpoints import FILE, heads_of, read_checkpoints

    folder = context.settings.checkpoints_dir
    if checkpoints is None and not (folder / FILE).exists():
        return []
    return heads_of(read_checkpoints(checkpoints or folder, _public_keys(context, public_key)))


def _public_keys(context: Context, public_key: Path | None) -> "PublicKeys":
    from hearth.audit_log.signing import open_signer, read_public_keys

    if public_key is not None:
        return read_public_keys(public_key)
    own = context.settings.audit_key_file
    if not own.exists():
        raise AuditError(
            f"{own}: is not there, and checkpoints need a key to be checked with; give --public-key"
        )
    return open_signer(own).public_keys
