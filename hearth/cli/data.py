"""Commands on data: synthesise, check, sources, ingest, build, and first drafts."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hearth.cli.approval import void_changed
from hearth.cli.arguments import ModelsArgument, checked_name
from hearth.cli.context import Context, JsonOption, open_context
from hearth.errors import HearthError, StateError
from hearth.pseudonyms import PseudonymMap

if TYPE_CHECKING:
    from features.ingest.snapshot import Ingested

_PANEL = "Data"


_new = typer.Typer(help="First drafts of contracts and definitions.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        rich_help_panel=_PANEL,
        epilog="Example: hearth synthesise --households 20000 --seed 1 --out data/council",
    )(synthesise)
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth --workspace ../my-council check")(
        check
    )
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth ingest noise_complaints")(ingest)
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth build rental_standards")(build)
    app.add_typer(_new, name="new", rich_help_panel=_PANEL)


@_new.command(
    "source", epilog="Example: hearth new source noise_complaints data/noise_complaints.csv"
)
def new_source(
    command: typer.Context,
    name: Annotated[
        str,
        typer.Argument(help="Name of the source, such as noise_complaints.", callback=checked_name),
    ],
    file: Annotated[
        Path,
        typer.Argument(dir_okay=False, help="An extract of it: CSV, Excel or Parquet."),
    ],
) -> None:
    """Write a first draft of a source contract from an extract; what only you know is left to answer."""
    from features.drafting import draft_contract

    context = open_context(command)
    root = context.settings.workspace
    _write_draft(
        context,
        root / "features" / "sources" / f"{name}.yaml",
        draft_contract(context.located(file), name, workspace=root),
    )


@_new.command("model", epilog="Example: hearth new model noisy_homes noise_complaints")
def new_model(
    command: typer.Context,
    name: Annotated[
        str, typer.Argument(help="Name of the model, such as noisy_homes.", callback=checked_name)
    ],
    source: Annotated[str, typer.Argument(help="Source that its first features come from.")],
) -> None:
    """Write a first draft of a model definition from a source contract."""
    from features.drafting import draft_definition
    from hearth.catalogue import load_contract, named

    context = open_context(command)
    root = context.settings.workspace
    files = {path.stem: path for path in (root / "features" / "sources").glob("*.yaml")}
    contract = load_contract(named(files, source, "source"))
    _write_draft(context, root / "models" / name / "model.yaml", draft_definition(contract, name))


def _write_draft(context: Context, path: Path, text: str) -> None:
    if path.exists():
        raise StateError(f"{context.shown(path)} is there already; delete or rename it first")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    context.say(f"Drafted {context.shown(path)}. Answer what it asks, then run: hearth check")


def synthesise(
    command: typer.Context,
    households: Annotated[int, typer.Option(min=100, help="How many households.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same council.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder to write.", file_okay=False)] = Path(
        "data/council"
    ),
    bias: Annotated[
        str | None, typer.Option(help="Plant a bias: measurement, sampling or proxy.")
    ] = None,
    null: Annotated[
        bool, typer.Option("--null", help="The same base rate and signal in every group.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make up a council: people, homes and the records it would hold, with known truth."""
    from features.synthetic.council import synthesise as make_council
    from features.synthetic.scenario import Bias, Scenario

    if bias is not None and bias not in set(Bias):
        raise typer.BadParameter(f"write one of {', '.join(Bias)}", param_hint="--bias")
    scenario = Scenario(bias=None if bias is None else Bias(bias), null=null)
    context = open_context(command, as_json=as_json)
    folder = context.settings.workspace / out
    with context.progress() as progress:
        made = make_council(
            folder, households=households, seed=seed, scenario=scenario, progress=progress
        )
    context.result(made)
    context.say(
        f"Made a council of {households:,} households in {out}. It is made up: nobody in it exists."
    )


def check(command: typer.Context, as_json: JsonOption = False) -> None:
    """Check every contract and definition, and report all faults of all files together."""
    context = open_context(command, as_json=as_json)
    from governance.transparency.written import check_written

    catalogue = context.catalogue
    for model in catalogue.models:
        catalogue.check_law(model, context.today)
    catalogue.check_minimisation()
    check_written(catalogue)
    notes = {m: catalogue.retention_notes(m, context.today) for m in sorted(catalogue.models)}
    counts = {model: len(catalogue.features(model)) for model in sorted(catalogue.models)}
    context.result({"sources": sorted(catalogue.sources), "models": counts, "retention": notes})
    context.say(f"{len(catalogue.sources)} sources and {len(counts)} models are in order.")
    for model, features in counts.items():
        context.say(
            f"  {model}: {features} features from {len(catalogue.sources_of(model))} sources"
        )
        for note in notes[model]:
            context.say(f"    {note}")


def ingest(
    command: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of sources; all of the workspace if none is given.", show_default=False
        ),
    ] = None,
    accept_shrink: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SOURCE",
            help="Take this source's extract however far it falls short of the last; may be repeated.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read extracts by their contracts: validate, quarantine, link persons, place them in households."""
    context = open_context(command, as_json=as_json)
    for name in accept_shrink or ():
        context.catalogue.source(name)
    context.result(ingest_sources(context, names or None, accept_shrink=accept_shrink or ()))


def ingest_sources(
    context: Context, names: list[str] | None, *, accept_shrink: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Ingest these sources, or all, and say what became of each; what a machine is told of them."""
    from features.commands import ingest as ingest_all

    taken: list[Ingested] = []
    try:
        with PseudonymMap.opened(context.settings) as pseudonyms, context.progress() as progress:
            ingest_all(
                context.catalogue,
                context.settings,
                run_on=context.today,
                sources=names,
                accept_shrink=accept_shrink,
                pseudonyms=pseudonyms,
                tell=taken.append,
                progress=progress,
            )
    except HearthError:
        if taken:
            context.result(_tell(context, taken))
        raise
    return _tell(context, taken)


def _tell(context: Context, taken: list["Ingested"]) -> list[dict[str, Any]]:
    from features.ingest.snapshot import QUALITY_PAGE, snapshot_folder
    from features.linkage.commands import share_linked

    taken = sorted(taken, key=lambda each: each.source)
    state_dir, sources = context.settings.state_dir, context.catalogue.sources
    links = {each.source: share_linked(sources[each.source], state_dir) for each in taken}
    for each in taken:
        if not each.up_to_date:
            context.say(f"  {each.source}: {each.rows:,} rows{_lost(context, each)}")
            for note in each.notes:
                context.say(f"    {note}")
            if each.notes:
                page = snapshot_folder(context.settings.state_dir, each.source) / QUALITY_PAGE
                context.say(f"    See {context.shown(page)}")
    for name, share in links.items():
        if share is not None:
            context.say(f"  {name}: {share.in_words()}")
    current = sum(each.up_to_date for each in taken)
    context.say(f"Ingested {len(taken)} sources; {current} were up to date.")
    return [
        {**vars(each), "links": None if (share := links[each.source]) is None else vars(share)}
        for each in taken
    ]


def _lost(context: Context, taken: "Ingested") -> str:
    """What of an extract was not taken in, in words."""
    from features.ingest.snapshot import QUARANTINE, snapshot_folder

    text = f", {taken.duplicates:,} copies dropped, {taken.quarantined:,} quarantined"
    if taken.quarantined:
        folder = snapshot_folder(context.settings.state_dir, taken.source)
        text += f" (see {context.shown(folder / QUARANTINE)})"
    if taken.expired:
        text += f", {taken.expired:,} past their retention not taken in"
    return text


def build(
    command: typer.Context, models: ModelsArgument = None, as_json: JsonOption = False
) -> None:
    """Build a model's features as they were known at each as-of date, and refresh the feature store."""
    context = open_context(command, as_json=as_json)
    wanted = models or sorted(context.catalogue.models)
    context.result({model: build_model(context, model) for model in wanted})


def build_model(context: Context, model: str) -> dict[str, Any]:
    """Build one model's matrix and say how large it is; the matrix's manifest."""
    from features.artefacts import read_manifest
    from features.commands import build as build_matrix
    from features.matrix import matrix_folder, read_matrix

    context.catalogue.model(model)
    before = read_manifest(matrix_folder(context.settings, model)) or {}
    with context.progress() as progress:
        build_matrix(
            context.catalogue, context.settings, model, run_on=context.today, progress=progress
        )
    manifest = read_matrix(context.settings, model).manifest
    is_new = before.get("key") != manifest["key"]
    context.say(
        f"{f'Built {model}' if is_new else f'{model} is up to date'}: {manifest['rows']:,} rows at "
        f"{len(manifest['as_of'])} as-of dates, {len(manifest['features'])} features."
    )
    for leak in manifest["declared_leaks"]:
        because = " ".join(leak["because"].split())
        context.say(
            f"  Declared leak: {leak['source']}, known on {leak['known_on']}, is taken as known from "
            f"{leak['assumed_known_from']}. {because}"
        )
    void_changed(context)
    return manifest
