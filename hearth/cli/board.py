"""Commands before the board: submit, review, approve, refuse, dissent, withdraw, and the register of it all."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from hearth.cli.approval import VersionOption, newest
from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context
from hearth.errors import HearthError
from hearth.storage.engine import reading

if TYPE_CHECKING:
    from governance.approval.register import Registered, Taken

_PANEL = "Governance"
_AS_YOURSELF = "Acts as the holder of the key in HEARTH_API_KEY."
BoardVersionOption = Annotated[
    str | None,
    typer.Option(
        "--version", help="Version; the one submitted last if not given.", show_default=False
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
DissentOption = Annotated[
    str | None,
    typer.Option(
        "--dissent", help="What you hold against it all the same; kept with your role.", show_default=False
    ),
]  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for step, rest in (
        (submit, ""),
        (review, " --out report.html"),
        (
            approve,
            " --reason 'Read and discussed.' --condition 'Visits are recorded.' --review-on 2027-06-01",
        ),
        (refuse, " --reason 'It finds too few of the families in need.'"),
        (dissent, " --reason 'The gap by area is too wide for me.'"),
        (withdraw, " --reason 'The source stopped being sent.'"),
    ):
        example = f"Example: hearth {step.__name__} school_readiness{rest}"
        app.command(rich_help_panel=_PANEL, epilog=f"{example} · {_AS_YOURSELF}")(step)
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth approvals school_readiness")(
        approvals
    )


def submit(
    command: typer.Context,
    model: ModelArgument,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a reported version to the board. One that did not meet its bar is refused here."""
    from governance.approval.commands import submit as put_forward

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    approval_id = put_forward(
        context.settings, model, version, identity=context.identity(), audit=context.audit
    )
    _tell(context, model, version, "submitted", approval_id=approval_id)
    context.say(
        f"Submitted {model} version {version}. Somebody else must now approve or refuse it."
    )


def review(
    command: typer.Context,
    model: ModelArgument,
    version: BoardVersionOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write the submitted report to.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take a submitted version up for the board, and read its report. Whoever submitted it cannot."""
    from governance.approval.decisions import review as take_up
    from hearth.storage.published import read_report

    context = open_context(command, as_json=as_json)
    version = _before_the_board(context, model, version)
    standing = take_up(model, version, context.identity(), context.audit)
    if out is not None:
        with reading(context.records) as connection:
            files = read_report(connection, model, version, standing.hashes.report)
        out.write_bytes(files["report.html"])
        context.say(f"The report as it was submitted: {context.shown(out)}")
    _tell(context, model, version, standing.state)
    context.say(f"{model} version {version} is in review. Approve or refuse it when it was read.")


def approve(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: BoardVersionOption = None,
    condition: Annotated[
        list[str] | None,
        typer.Option("--condition", help="What must hold while it is used.", show_default=False),
    ] = None,
    review_on: Annotated[
        str | None,
        typer.Option(
            "--review-on",
            help="Day by which it must be reviewed, or expires; by the definition if not given.",
            metavar="DATE",
            show_default=False,
        ),
    ] = None,
    dissent: DissentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a submitted version into use. Whoever submitted it cannot."""
    from governance.approval.commands import approve as let_in
    from governance.approval.terms import Terms

    context = open_context(command, as_json=as_json)
    version = _before_the_board(context, model, version)
    decided = let_in(
        context.settings,
        model,
        version,
        identity=context.identity(),
        audit=context.audit,
        reason=reason,
        terms=Terms(tuple(condition or ()), _day(review_on), dissent),
    )
    _tell(context, model, version, "approved", approval_id=decided)
    _mirror(context, model, version)
    context.say(f"Approved {model} version {version}: the service uses it from now on.")


def refuse(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: BoardVersionOption = None,
    dissent: DissentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a submitted version out of use; at a review, end its use."""
    from governance.approval.commands import refuse as keep_out

    context = open_context(command, as_json=as_json)
    version = _before_the_board(context, model, version)
    decided = keep_out(
        context.settings,
        model,
        version,
        identity=context.identity(),
        audit=context.audit,
        reason=reason,
        dissent=dissent,
    )
    _tell(context, model, version, "refused", approval_id=decided)
    context.say(f"Refused {model} version {version}.")


def dissent(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: BoardVersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put on record what you hold against a version, before or after the decision. It changes no state."""
    from governance.approval.dissent import dissent as put_on_record

    context = open_context(command, as_json=as_json)
    version = _before_the_board(context, model, version)
    put_on_record(model, version, context.identity(), context.audit, reason=reason)
    context.result({"model": model, "version": version})
    context.say(f"Your dissent from {model} version {version} is on record.")


def withdraw(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: BoardVersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a version out of use, from the next request on."""
    from governance.approval.closing import withdraw as take_out

    context = open_context(command, as_json=as_json)
    version = _before_the_board(context, model, version)
    take_out(model, version, context.identity(), context.audit, reason=reason)
    _tell(context, model, version, "withdrawn")
    context.say(f"Withdrew {model} version {version}: no score comes from it any more.")


def approvals(
    command: typer.Context,
    model: Annotated[
        str | None, typer.Argument(help="A model; every one if not given.", show_default=False)
    ] = None,
    diagram: Annotated[
        bool, typer.Option("--diagram", help="Print the states and steps there are, as Mermaid.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List where every version stands before the board; of one model, what was done and said about it."""
    from governance.approval.closing import expire_due
    from governance.approval.diagram import mermaid
    from governance.approval.register import read_register

    if diagram:
        typer.echo(mermaid())
        return
    context = open_context(command, as_json=as_json)
    expire_due(context.audit)
    with reading(context.records) as connection:
        found = read_register(connection, today=context.today, model=model)
    context.result([_as_json(each) for each in found])
    if as_json:
        return
    if not found:
        context.say(
            "Nothing was submitted yet; put a version to the board with: hearth submit MODEL"
        )
        return
    context.show(_register(found))
    if model is not None:
        for each in found:
            context.show(_history(each))


def _before_the_board(context: Context, model: str, version: str | None) -> str:
    """The version asked for, or the one of the model that was submitted last."""
    from governance.approval.standing import all_standings

    if version is not None:
        return version
    with reading(context.records) as connection:
        found = all_standings(connection, model=model)
    return found[-1].version if found else newest(context, model, None)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "is no date; write year-month-day, such as 2027-06-01", param_hint="--review-on"
        ) from None


def _mirror(context: Context, model: str, version: str) -> None:
    """Let MLflow's alias follow the approval, where this machine has the registry that knows the version."""
    from hearth.registry import find_version, mirror_approval, open_registry

    try:
        find_version(context.settings, model, version)
    except HearthError:
        return
    mirror_approval(open_registry(context.settings), model, version)


def _tell(context: Context, model: str, version: str, state: str, **more: Any) -> None:
    context.result({"model": model, "version": version, "state": state, **more})


def _register(found: "list[Registered]") -> Table:
    table = Table(
        Column("model", no_wrap=True), "version", "state", "decided by", "conditions", "dissent", "review by"
    )  # fmt: skip
    for each in found:
        standing = each.standing
        table.add_row(
            standing.model,
            standing.version,
            standing.state,
            (standing.decided_by_role or "").replace("_", " "),
            str(len(standing.conditions) or ""),
            str(len(standing.dissents) or ""),
            "" if standing.review_on is None else standing.review_on.isoformat(),
        )
    return table


def _history(registered: "Registered") -> Table:
    standing = registered.standing
    table = Table(
        Column("when", no_wrap=True), Column("step", no_wrap=True), "by", "said",
        title=f"{standing.model} version {standing.version}", title_justify="left",
    )  # fmt: skip
    for each in registered.history:
        who = f"{each.role.replace('_', ' ')} {each.by}".strip()
        table.add_row(f"{each.at:%Y-%m-%d %H:%M}", each.step, who, _said(each))
    return table


def _said(taken: "Taken") -> str:
    conditions = (f"Condition: {each}" for each in taken.conditions)
    until = () if taken.review_on is None else (f"To be reviewed before {taken.review_on}",)
    return "\n".join(filter(None, (taken.said, *conditions, *until)))


def _as_json(registered: "Registered") -> dict[str, Any]:
    from dataclasses import asdict

    standing = registered.standing
    return {
        **asdict(standing),
        "etag": standing.etag,
        "history": [asdict(each) for each in registered.history],
    }
