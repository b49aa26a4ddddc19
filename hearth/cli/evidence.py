"""Evidence packs: make one of a version, and verify one without anything but the file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from hearth.cli.approval import newest
from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context
from hearth.digest import sha256_of
from hearth.errors import StateError

if TYPE_CHECKING:
    from governance.evidence.comparison import Compared
    from governance.evidence.verification import Verified

_SHOWN = 20  # differences told to people; a machine is given all


class _MakeIsMeant(TyperGroup):
    """`hearth evidence MODEL` stands for `hearth evidence make MODEL`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first word, or `make` where that is no command."""
        known = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if known else ["make", *args])


_evidence = typer.Typer(
    help="Evidence packs of versions: make and verify them.",
    no_args_is_help=True,
    cls=_MakeIsMeant,
)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_evidence, name="evidence", rich_help_panel="Governance")


@_evidence.command(
    "make",
    epilog="Example: hearth evidence make school_readiness 3 --out pack.zip · `make` may be left out",
)
def make(
    command: typer.Context,
    model: ModelArgument,
    version: Annotated[
        str | None,
        typer.Argument(help="Version; the newest trained if not given.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File; MODEL-VERSION-evidence.zip if not given."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write one signed archive of all that shows how a version came about and who decided what.

    It holds no person's data: no scored rows, matrices or protected attributes, only their hashes.
    """
    from governance.evidence.commands import write_evidence
    from hearth.audit_log.signing import open_signer

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    made = write_evidence(
        context.catalogue,
        context.settings,
        model,
        version,
        records=context.records,
        signer=open_signer(context.settings.audit_key_file),
        out=(out or Path(f"{model}-{version}-evidence.zip")).absolute(),
    )
    context.result(vars(made) | {"model": model, "version": version})
    context.say(
        f"The evidence of {model} version {version}, signed with {made.key_id}: "
        f"{context.shown(made.file)}\n"
        "  Whoever is given it verifies it with the public key: hearth audit key"
    )


@_evidence.command(
    "verify", epilog="Example: hearth evidence verify pack.zip --public-key audit_key.pub --rerun"
)
def verify(
    command: typer.Context,
    file: Annotated[Path, typer.Argument(help="The pack.")],
    public_key: Annotated[
        Path | None,
        typer.Option(
            help="Public keys it may be signed with, got on another way; its own if not given.",
            show_default=False,
        ),
    ] = None,
    rerun: Annotated[
        bool,
        typer.Option("--rerun", help="Train anew in this workspace, and compare every metric."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Prove every byte of a pack, on any machine; with --rerun, its metrics where the data are.

    Exit code 1: something was altered, or a metric differs; what and where is said.
    """
    from governance.evidence.commands import verify_evidence

    context = open_context(command, as_json=as_json)
    found = verify_evidence(file, public_key=public_key)
    compared = _rerun(context, found) if rerun else None
    context.result(_as_json(found, compared))
    context.say(
        f"{file.name} is whole: {len(found.members)} files of {found.model} version {found.version}, "
        f"signed with {found.key_id}."
    )
    if not found.is_known_key:
        context.say(
            "  The key is the pack's own word. Get the council's public key on another way, and give "
            "it as --public-key."
        )
    if compared is not None:
        _judge(context, compared)


def _rerun(context: Context, found: "Verified") -> "Compared":
    """The metrics of the pack beside those computed now, from the very same matrix and definition."""
    from governance.approval.submission import matrix_folder
    from governance.evidence.comparison import compare_metrics
    from governance.evidence.contents import DEFINITION, MATRIX, METRICS
    from hearth.risk_model.files import MANIFEST
    from training.rerun import rerun

    here = {
        DEFINITION: context.catalogue.root / "models" / found.model / "model.yaml",
        MATRIX: matrix_folder(context.settings, found.model) / MANIFEST,
    }
    other = [
        name
        for name, path in here.items()
        if not path.exists() or sha256_of(path.read_bytes()) != sha256_of(found.members[name])
    ]
    if other:
        raise StateError(
            f"{' and '.join(other)} of the pack are not what lies in this workspace, so its metrics "
            "cannot be computed anew here; work where the version was trained, as it was then"
        )
    with TemporaryDirectory() as scratch, context.progress() as progress:
        made = rerun(
            context.catalogue,
            context.settings,
            found.model,
            scratch=Path(scratch),
            audit=context.audit,
            progress=progress,
        )
    return compare_metrics(found.json(METRICS), made)


def _judge(context: Context, compared: "Compared") -> None:
    if not compared.differences:
        context.say(f"All {compared.figures} figures are the same when they are computed anew.")
        return
    for each in compared.differences[:_SHOWN]:
        context.say(f"  {each.place}: {each.recorded} in the pack, {each.found} now")
    raise StateError(
        f"{len(compared.differences)} of {compared.figures} figures differ when they are computed anew; "
        "another release of Hearth or its libraries can do this: compare code.json and "
        "requirements.lock of the pack with this machine's"
    )


def _as_json(found: "Verified", compared: "Compared | None") -> dict[str, Any]:
    told: dict[str, Any] = {
        "ok": compared is None or not compared.differences,
        "model": found.model,
        "version": found.version,
        "key_id": found.key_id,
        "is_known_key": found.is_known_key,
        "files": sorted(found.members),
    }
    if compared is not None:
        told["rerun"] = {
            "figures": compared.figures,
            "differences": [vars(each) for each in compared.differences],
        }
    return told
