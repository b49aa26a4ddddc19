"""The command that reports on a file of scores, whoever made them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from hearth.cli.context import JsonOption, open_context, utc_now
from hearth.definition import Capacity, Intervention, Unit
from hearth.errors import SettingsError

_INTERVENTIONS = {
    "assistive": "the list brings help; missing someone in need is the worst error",
    "punitive": "the list brings a burden; listing someone without cause is the worst error",
    "mixed": "it may do either; both errors count",
}
_DISCLOSURES = {
    "dfe": "counts 1 to 5 are withheld",
    "tre_10": "counts below 10 are withheld, zero too",
    "round5": "counts are rounded to the nearest 5",
    "none": "nothing is withheld: only where the data are public",
}
_EXAMPLE = (
    "Example: hearth fairness compas.csv --score score --selected score --label label_value "
    "--group race --group sex --intervention punitive --disclosure none --out compas"
)


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Governance", epilog=_EXAMPLE)(fairness)


def fairness(
    command: typer.Context,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="CSV or Parquet, a row an entity.")],
    label: Annotated[
        str, typer.Option(help="Column: the outcome, 1 or 0; empty where nobody looked.")
    ],
    group: Annotated[
        list[str],
        typer.Option(
            help="Column of groups to compare, or COLUMN=CHARACTERISTIC, such as age_band=age; repeatable."
        ),
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder to write the report into.")],
    score: Annotated[
        str | None, typer.Option(help="Column: the score, higher is likelier.")
    ] = None,
    selected: Annotated[
        str | None, typer.Option(help="Column: who is on the list, 1 or 0.")
    ] = None,
    capacity: Annotated[
        str | None, typer.Option(help="Or how many are: a number, or a share such as 10%.")
    ] = None,
    intervention: Annotated[
        str | None, typer.Option(help="assistive, punitive or mixed; there is no default.")
    ] = None,
    disclosure: Annotated[
        str | None, typer.Option(help="dfe, tre_10, round5 or none; there is no default.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(help="Column: whom a row is about; each another, if not given.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Column: the day a row is about; all one, if not given.")
    ] = None,
    observed: Annotated[
        str | None, typer.Option(help="Column: whether the outcome was looked at, 1 or 0.")
    ] = None,
    checked: Annotated[
        str | None,
        typer.Option(
            help="Column: the outcome as found another way, 1 or 0; empty where nobody checked."
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="Column: how many each row of a sample stands for; only with --disclosure none."
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(help="COLUMN=GROUP others are compared with; the largest if not given."),
    ] = None,
    unit: Annotated[Unit, typer.Option(help="What a row is about.")] = Unit.PERSON,
    title: Annotated[str, typer.Option(help="Title of the report.")] = "Scores given as a file",
    probability: Annotated[
        bool, typer.Option("--probability", help="The score is a probability: read calibration.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the fairness report of any file of scores, such as a vendor's; no workspace is needed."""
    from governance.given_file import Columns, as_typed, report_file
    from governance.given_scores import Question

    groups = dict(pair.partition("=")[::2] for pair in group)
    kind, policy = _chosen(intervention, disclosure)
    context = open_context(command, as_json=as_json)
    question = Question(
        kind,
        policy,
        capacity=_capacity(capacity, selected),
        unit=unit,
        title=title,
        references=_references(reference or [], groups),
        characteristics={column: named for column, named in groups.items() if named},
        is_probability=probability,
    )
    columns = Columns(
        label, tuple(groups), score=score, selected=selected, observed=observed, checked=checked,
        weights=weights, entity=entity, day=date,
    )  # fmt: skip
    with context.progress() as progress:
        made = report_file(
            context.located(file),
            columns,
            question,
            out,
            now=utc_now(),
            command=as_typed(["hearth", *sys.argv[1:]]),
            progress=progress,
        )
    context.result(vars(made))
    counts = ", ".join(f"{number} {verdict}" for verdict, number in made.verdicts.items())
    context.say(
        f"The fairness report of {made.rows:,} rows is written: {context.shown(out / 'report.html')}"
    )
    context.say(f"  Comparisons between groups: {counts or 'none'}")
    if made.why_no_pdf:
        context.say(f"  There is no PDF: {made.why_no_pdf}")


def _chosen(intervention: str | None, disclosure: str | None) -> tuple[Intervention, str]:
    """Both choices that nobody can make for the user.

    Raises
    ------
    SettingsError
        Naming each that was left out or is not known, with what each answer means.
    """
    faults = [
        f"{option} is {'missing' if given is None else 'none of these'}; say what holds:\n"
        + "\n".join(f"  {option} {name:<9} {meaning}" for name, meaning in known.items())
        for option, given, known in (
            ("--intervention", intervention, _INTERVENTIONS),
            ("--disclosure", disclosure, _DISCLOSURES),
        )
        if given not in known
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    return Intervention(str(intervention)), str(disclosure)


def _capacity(text: str | None, selected: str | None) -> Capacity | None:
    if (text is None) == (selected is None):
        raise typer.BadParameter("give one of --selected and --capacity", param_hint="--capacity")
    if text is None:
        return None
    try:
        return Capacity.model_validate({"share" if text.endswith("%") else "count": text})
    except ValueError:
        raise typer.BadParameter(
            "is no number of places; write 200, or a share such as 10%", param_hint="--capacity"
        ) from None


def _references(pairs: list[str], groups: Iterable[str]) -> dict[str, str]:
    found = dict(pair.partition("=")[::2] for pair in pairs)
    wrong = [name for name in found if name not in groups or not found[name]]
    if wrong:
        raise typer.BadParameter(
            "write COLUMN=GROUP, of a column named with --group", param_hint="--reference"
        )
    return found
