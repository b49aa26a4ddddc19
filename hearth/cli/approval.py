"""The report of a trained version, and what its change on disk does to an approval."""

from typing import Annotated, Any

import typer

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import OPERATOR, Context, JsonOption, open_context, utc_now
from hearth.storage.published import version_in_use

_PANEL = "Governance"
AnewOption = Annotated[
    bool,
    typer.Option(
        "--anew",
        help="Write the report of the version in use again too: its approval is then void until "
        "the board decides again.",
    ),
]
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
    anew: AnewOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the fairness report of a trained version: HTML and PDF to read, JSON and CSV to work with."""
    context = open_context(command, as_json=as_json)
    wanted = models or sorted(context.catalogue.models)
    context.result(
        {
            model: report_version(context, model, newest(context, model, version), anew=anew)
            for model in wanted
        }
    )


def report_version(
    context: Context, model: str, version: str, *, anew: bool = False
) -> dict[str, Any]:
    """Report one version and say where it lies; what a machine is told of it."""
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
            anew=anew,
            progress=progress,
        )
    state = "is up to date" if made.was_current else "is written"
    context.say(
        f"The fairness report of {model} version {version} {state}: {context.shown(made.folder / HTML)}"
    )
    if made.is_kept:
        context.say(
            "  It stays as it was approved, though what it is made of has changed since. To write it "
            f"again, which voids the approval: hearth report {model} --version {version} --anew"
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
