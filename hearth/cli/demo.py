"""The demonstration: a made-up council and Toronto's real buildings, from records to scores served."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.rule import Rule
from rich.table import Column, Table

from hearth.cli.approval import report_version
from hearth.cli.areas import keep_areas
from hearth.cli.context import Context, open_context, utc_now
from hearth.cli.data import build_model, ingest_sources
from hearth.cli.keys import make_key
from hearth.cli.models import Trained, train_model
from hearth.cli.register import publish_register
from hearth.cli.transparency import publish_version
from hearth.errors import BoundError, PermissionDeniedError
from hearth.identity import Role, authenticate
from hearth.storage.engine import reading

_COUNCIL = Path("data/council")
_KEYS = "demo_keys.json"
_HOLDERS = {
    "data scientist": Role.DATA_SCIENTIST,
    "board member": Role.BOARD_MEMBER,
    "caseworker": Role.CASEWORKER,
}
_SHOWN_FIRST = "school_readiness"


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Start here", epilog="Example: hearth demo --no-serve")(demo)


def demo(
    command: typer.Context,
    households: Annotated[
        int, typer.Option(min=2_000, help="Size of the made-up council.")
    ] = 40_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same council.")] = 1,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Stay up and answer, or stop once all is done."),
    ] = True,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 8000 if not set.")
    ] = None,
) -> None:
    """See the whole job: records, features, training, reports, approval by two people, scores over HTTP.

    What is up to date is not done again, so that a second run is quick.
    """
    context = open_context(command)
    models = sorted(context.catalogue.models)
    _make_council(context, households, seed)
    _head(context, "Ingest: validate, link persons, place them in households")
    # the council of another size that stood here before was made up too
    ingest_sources(context, None, accept_shrink=context.catalogue.sources)
    _head(context, "Build: features as they were known at each date")
    for model in models:
        build_model(context, model)
    _head(context, "Train: LightGBM beside logistic regression, one-line rules and a random order")
    trained = [train_model(context, model) for model in models]
    _head(context, "Report: whom each model serves well and badly")
    for each in trained:
        try:
            report_version(context, each.model, each.version)
        except BoundError as error:  # approved by an earlier run, and it stays so
            context.say(str(error))
    keys = _keys(context)
    _head(context, "Approve: one person submits, another decides")
    states = {each.model: _put_to_board(context, keys, each) for each in trained}
    context.show(_table(trained, states))
    _head(context, "Publish: transparency records, notices, the register of sources")
    scientist = keys.context_of(context, "data scientist")
    for each in trained:
        publish_version(scientist, each.model, each.version)
    publish_register(scientist)
    if serve:
        from hearth.cli.service import serve_until_stopped

        serve_until_stopped(context, port=port, announce=lambda url: _invite(context, keys, url))
    else:
        _say_what_next(context)


def _make_council(context: Context, households: int, seed: int) -> None:
    from features.synthetic.council import outline_file, synthesise
    from features.synthetic.outlines import CREDIT, KINDS

    folder = context.settings.workspace / _COUNCIL
    _head(context, "Make up a council: nobody in it exists")
    with context.progress() as progress:
        synthesise(folder, households=households, seed=seed, progress=progress)
    for column in KINDS:
        outlines = folder / outline_file(column)
        keep_areas(context, column, outlines, code="code", name="name", credit=CREDIT)
    context.say(f"{households:,} households in {_COUNCIL}")


@dataclass(frozen=True)
class _DemoKeys:
    """Keys of the three people in the demonstration, by who they are."""

    by_holder: dict[str, str]

    def context_of(self, context: Context, holder: str) -> Context:
        """The command line as that person would use it."""
        key = SecretStr(self.by_holder[holder])
        return replace(context, settings=context.settings.model_copy(update={"api_key": key}))


def _keys(context: Context) -> _DemoKeys:
    """Keys kept by an earlier run where they still work, or new ones."""
    path = context.settings.state_dir / _KEYS
    if path.is_file():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if all(_works(context, key) for key in kept.values()) and kept.keys() == _HOLDERS.keys():
            return _DemoKeys(kept)
    purposes = sorted({model.purpose for model in context.catalogue.models.values()})
    made = {
        holder: make_key(context, f"demo {holder}", role, purposes)
        for holder, role in _HOLDERS.items()
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
    return _DemoKeys(made)


def _works(context: Context, key: str) -> bool:
    try:
        authenticate(context.records, context.pepper, key, utc_now())
    except PermissionDeniedError:
        return False
    return True


def _put_to_board(context: Context, keys: _DemoKeys, trained: Trained) -> str:
    """What became of a version: decided now, decided before, or kept back by its own bar."""
    from governance.approval.commands import approve, submit
    from governance.approval.standing import read_standing
    from governance.approval.states import UNDECIDED, State
    from hearth.registry import mirror_approval, open_registry

    if not trained.is_bar_met:
        return "bar not met: not submitted"
    model, version = trained.model, trained.version
    with reading(context.records) as connection:
        standing = read_standing(connection, model, version, today=context.today)
    state = State.DRAFT if standing is None else standing.state
    if state in {State.APPROVED, State.REFUSED}:
        return state
    scientist, member = (
        keys.context_of(context, holder) for holder in ("data scientist", "board member")
    )
    if state not in UNDECIDED:
        submit(context.settings, model, version, identity=scientist.identity(), audit=context.audit)
    approve(
        context.settings,
        model,
        version,
        identity=member.identity(),
        audit=context.audit,
        reason="Demonstration: the bar was met and the report was read.",
    )
    mirror_approval(open_registry(context.settings), model, version)
    return State.APPROVED


def _table(trained: Sequence[Trained], states: dict[str, str]) -> Table:
    table = Table(
        Column("model", overflow="fold"),
        "version",
        "best candidate",
        "precision at capacity",
        "base rate",
        "state",
    )
    for each in trained:
        table.add_row(
            each.model,
            each.version,
            each.chosen,
            f"{each.precision:.1%}",
            f"{each.base_rate:.1%}",
            states[each.model],
        )
    return table


def _say_what_next(context: Context) -> None:
    """The commands to type next, and somebody to ask a score of; no key is printed."""
    purposes = sorted({model.purpose for model in context.catalogue.models.values()})
    may = " ".join(f"--purpose {purpose}" for purpose in purposes)
    context.say("All done. To ask for scores, make yourself a key, then serve:\n")
    typer.echo(f"hearth keys create Me --role caseworker {may}")
    typer.echo("hearth serve")
    for model, subject in _to_try(context):
        context.say(f"\nA subject to try with {model}: {subject}")


def _to_try(context: Context) -> list[tuple[str, str]]:
    """An approved model and a subject of it, made up; none where none was approved."""
    from features.store import FeatureStore
    from hearth.storage.published import list_published

    with reading(context.records) as connection:
        approved = [approval.model for approval in list_published(connection)]
    store = FeatureStore(context.settings.store_url)
    first = sorted(approved, key=lambda model: (model != _SHOWN_FIRST, model))[:1]
    return [(model, subject) for model in first for subject in store.entities(model, limit=1)]


def _invite(context: Context, keys: _DemoKeys, url: str) -> None:
    """Addresses, keys and a line to paste, once the service answers."""
    say = context.say
    _head(context, "Hearth is answering")
    say(f"  Pages        {url}/   (sign in with a key below)")
    say(f"  Ready        {url}/health/ready")
    say(f"  OpenAPI      {url}/openapi.json")
    for holder, key in keys.by_holder.items():
        say(f"  Key of a {holder:<15}{key}")
    for model, subject in _to_try(context):
        body = json.dumps({"subject": subject})
        say("\nA score with its reasons:\n")
        typer.echo(
            f"curl -s {url}/v1/models/{model}/scores -H 'Authorization: Bearer {keys.by_holder['caseworker']}' "
            f"-H 'Content-Type: application/json' -d '{body}'"
        )
    say("\nTraining runs: mlflow ui --backend-store-uri " + context.settings.mlflow_url)
    say("These keys are for trying out on this machine. Stop with Ctrl-C.")


def _head(context: Context, text: str) -> None:
    context.console.print(Rule(text, align="left"))
