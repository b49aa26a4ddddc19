"""The command that looks for leaks: whether a matrix holds anything known only after its as-of date."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hearth.cli.arguments import ModelArgument
from hearth.cli.context import Context, JsonOption, open_context

if TYPE_CHECKING:
    from features.leaks.check import LeakReport


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        "check-leaks",
        rich_help_panel="Data",
        epilog="Example: hearth check-leaks school_readiness --dates 3 · Exit code 1: it leaks.",
    )(check_leaks)


def check_leaks(
    command: typer.Context,
    model: ModelArgument,
    dates: Annotated[
        int, typer.Option(min=0, help="As-of dates built again from data cut at them.")
    ] = 2,
    seed: Annotated[int, typer.Option(help="Seed by which these dates are drawn.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Look for leaks: rebuild as-of dates from data cut at them, and test features, dates and labels."""
    from features.leaks.check import check_leaks as look_for

    context = open_context(command, as_json=as_json)
    with context.progress() as progress:
        report = look_for(
            context.catalogue,
            context.settings,
            model,
            run_on=context.today,
            dates=dates,
            seed=seed,
            progress=progress,
        )
    context.result(_described(report))
    _say(context, report)
    report.refuse_leaks()


def _described(report: "LeakReport") -> dict[str, Any]:
    """The report as a machine reads it."""
    return {
        "model": report.model,
        "rebuilt": [str(day) for day in report.rebuilt],
        "features": report.features,
        "findings": [asdict(finding) for finding in report.findings],
        "strengths": [asdict(strength) for strength in report.strengths],
    }


def _say(context: Context, report: "LeakReport") -> None:
    from features.leaks.finding import Gravity

    for gravity in (Gravity.DECLARED, Gravity.LOOK):
        for finding in report.of(gravity):
            context.say(f"  {gravity.capitalize()}: {finding.fault}")
    if report.strengths:
        best = report.strengths[0]
        context.say(
            f"  The strongest feature alone is {best.feature}: AUC {best.auc:.2f} on {best.rows:,} rows."
        )
    leaks = len(report.of(Gravity.LEAK))
    days = ", ".join(map(str, report.rebuilt)) or "no date"
    said = f"{leaks or 'no'} {'leaks' if leaks > 1 else 'leak'} found"
    context.say(
        f"{report.model}: {said}; {report.features} features, built again from data cut at {days}."
    )
