"""Commands on a trained version: report, submit, approve, refuse, withdraw."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from hearth.cli.arguments import ModelArgument, ModelsArgument
from hearth.cli.context import OPERATOR, Context, JsonOption, open_context, utc_now

_PANEL = "Governance"
VersionOption = Annotated[
    str | None,
    typer.Option("--version", help="Version; the newest trained if not given.", show_default=False),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
_AS_YOURSELF = "Acts as the holder of the key in HEARTH_API_KEY."


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth report school_readiness")(report)
    for step, rest in (
        (submit, ""),
        (approve, " --reason 'Read the report; the gap by area is to be watched.'"),
        (refuse, " --reason 'It finds too few of the families in need.'"),
        (withdraw, " --reason 'The source stopped being sent.'"),
    ):
        example = f"Example: hearth {step.__name__} school_readiness{rest}"
        app.command(rich_help_panel=_PANEL, epilog=f"{example} · {_AS_YOURSELF}")(step)


def report(
    command: typer.Context,
    models: ModelsArgument = None,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the fairness report of a trained version: HTML and PDF to read, JSON and CSV to work with."""
    context = open_context(command, as_json=as_json)
    wanted = models or sorted(context.catalogue.models)
    context.result(
        {model: report_version(context, model, newest(context, model, version)) for model in wanted}
    )


def report_version(context: Context, model: str, version: str) -> dict[str, Any]:
    """Report one version and say where it lies; what a machine is told of it."""
    from governance.commands import report as make_report
    from governance.report.files import HTML

    with context.progress() as progress:
        made = make_report(
            context.catalogue, context.settings, model, version, now=utc_now(), progress=progress
        )
    state = "is up to date" if made.was_current else "is written"
    context.say(
        f"The fairness report of {model} version {version} {state}: {context.shown(made.folder / HTML)}"
    )
    verdicts = (
        ", ".join(f"{count} {verdict}" for verdict, count in made.verdicts.items())
        or "no groups compared"
    )
    context.say(
        f"  Bar {'met' if made.is_bar_met else 'not met'}; comparisons between groups: {verdicts}"
    )
    if made.why_no_pdf:
        context.say(f"  There is no PDF: {made.why_no_pdf}")
    return {"version": version, **vars(made)}


def submit(
    command: typer.Context,
    model: ModelArgument,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a reported version to the board. One that did not meet its bar is refused here."""
    from governance.commands import submit as put_forward

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    approval_id = put_forward(
        context.settings, model, version, identity=context.identity(), audit=context.audit
    )
    context.result(
        {"model": model, "version": version, "approval_id": approval_id, "state": "submitted"}
    )
    context.say(
        f"Submitted {model} version {version}. Somebody else must now approve or refuse it."
    )


def approve(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a submitted version into use. Whoever submitted it cannot."""
    from governance.commands import approve as let_in
    from hearth.registry import mirror_approval, open_registry

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    _decide(context, let_in, model, version, reason=reason, state="approved")
    mirror_approval(open_registry(context.settings), model, version)
    context.say(f"Approved {model} version {version}: the service uses it from now on.")


def refuse(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a submitted version out of use."""
    from governance.commands import refuse as keep_out

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    _decide(context, keep_out, model, version, reason=reason, state="refused")
    context.say(f"Refused {model} version {version}.")


def _decide(
    context: Context,
    decide: Callable[..., int],
    model: str,
    version: str,
    *,
    reason: str,
    state: str,
) -> None:
    """Decide on a version as the holder of the key, and give the result to a machine that asked."""
    who = context.identity()
    decided = decide(
        context.settings, model, version, identity=who, audit=context.audit, reason=reason
    )
    context.result({"model": model, "version": version, "approval_id": decided, "state": state})


def withdraw(
    command: typer.Context,
    model: ModelArgument,
    reason: ReasonOption,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a version out of use, from the next request on."""
    from governance.approval.decisions import withdraw as take_out

    context = open_context(command, as_json=as_json)
    version = newest(context, model, version)
    take_out(model, version, context.identity(), context.audit, reason=reason)
    context.result({"model": model, "version": version, "state": "withdrawn"})
    context.say(f"Withdrew {model} version {version}: no score comes from it any more.")


def void_changed(context: Context) -> None:
    """Void what was approved or submitted and has changed on disk since, and say so."""
    from governance.approval.decisions import void_changed as void

    for standing, changed in void(context.settings, context.audit, actor=OPERATOR):
        context.say(
            f"{standing.model} version {standing.version} is void: its {' and '.join(changed)} changed "
            "since it was put to the board. Have it reported, submitted and approved again."
        )


def newest(context: Context, model: str, version: str | None) -> str:
    """The version asked for, or the newest trained."""
    from hearth.registry import find_version

    context.catalogue.model(model)
    return find_version(context.settings, model, version)
