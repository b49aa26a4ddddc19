"""The report of a trained version, and what its change on disk does to an approval."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import OPERATOR, Context, JsonOption, open_context, utc_now
from hearth.errors import BoundError
from hearth.storage.published import version_in_use

_PANEL = "Governance"
VersionOption = Annotated[
    str | None,
    typer.Option("--version", help="Version; the newest trained if not given.", show_default=False),
]


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth report school_readiness")(report)


def report(
    command: typer.Context,
    models: ModelsArgument = None,
    version: VersionOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write the report as of now into this folder, aside: no approval is ever bound to it.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Make it anew where what changed differs from what the board has, and void that.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the fairness report of a trained version: HTML and PDF to read, JSON and CSV to work with.

    What a submission or approval is bound to stays as it is, unless you ask for it anew.
    """
    context = open_context(command, as_json=as_json)
    wanted = models or sorted(context.catalogue.models)
    if out is not None and (anew or len(wanted) != 1):
        raise typer.BadParameter("is for one model, and not with --anew", param_hint="--out")
    made, refused = {}, list[str]()
    for model in wanted:
        try:
            made[model] = report_version(
                context, model, newest(context, model, version), out=out, anew=anew
            )
        except BoundError as error:
            refused.append(str(error))
    if made or not refused:
        context.result(made)
    if refused:
        raise BoundError("\n".join(refused))


def report_version(
    context: Context, model: str, version: str, *, out: Path | None = None, anew: bool = False
) -> dict[str, Any]:
    """Report one version and say where it lies; what a machine is told of it.

    Raises
    ------
    BoundError
        If a submission or approval is bound to a report that would change, unless `anew`.
    """
    from governance.approval.closing import state_bound
    from governance.commands import report as make_report
    from governance.report.files import HTML

    with context.progress() as progress:
        made = make_report(
            context.catalogue,
            context.settings,
            model,
            version,
            now=utc_now(),
            in_use=version_in_use(context.records, model),
            bound=state_bound(
                context.settings, context.records, model, version, today=utc_now().date()
            ),
            anew=anew,
            out=out,
            progress=progress,
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
    if made.given_away:
        context.say(
            "  Beside the report of the version before, these tables give away few people: "
            f"{', '.join(made.given_away)}. Section 18 names the rows; do not publish both."
        )
    if made.why_no_pdf:
        context.say(f"  There is no PDF: {made.why_no_pdf}")
    if anew and not made.was_current:
        void_changed(context)
    return {"version": version, **vars(made)}


def void_changed(context: Context) -> None:
    """Void what was approved or submitted and has changed on disk since, and say so."""
    from governance.approval.closing import void_changed as void

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
