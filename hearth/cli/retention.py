"""Commands that keep no longer than allowed, and no shorter than a court needs: purge and legal holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from hearth.cli.arguments import ModelsArgument
from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.cli.pseudonyms import ReasonOption
from hearth.identity import Permission
from hearth.periods import Period
from hearth.storage.engine import reading, writing

if TYPE_CHECKING:
    from serving.subjects.purge import Purged
    from serving.subjects.retention import Rule

_PANEL = "Records"
_hold = typer.Typer(help="Legal holds: what may not be erased yet.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(rich_help_panel=_PANEL, epilog="Example: hearth purge school_readiness --dry-run")(
        purge
    )
    app.add_typer(_hold, name="hold", rich_help_panel=_PANEL)


def purge(
    command: typer.Context,
    models: ModelsArgument = None,
    older_than: Annotated[
        str | None,
        typer.Option(
            help="Age at which it goes, such as 2y; by the shortest retention of the model's "
            "sources if not given.",
            metavar="PERIOD",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would go; erase nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase what has been kept as long as its rule allows, and certify it; legal holds are respected."""
    from features.store import FeatureStore
    from serving.subjects.certificate import write_certificates
    from serving.subjects.purge import count_purge
    from serving.subjects.purge import purge as erase

    context = open_context(command, as_json=as_json)
    identity = context.identity()
    identity.require(Permission.SUBJECT_RIGHTS)
    rules = _rules(context, models or sorted(context.catalogue.models), older_than)
    store, now = FeatureStore(context.settings.store_url), utc_now()
    if dry_run:
        _tell(context, rules, count_purge(context.records, store, rules, now), now, "Would erase")
        return
    with context.progress() as progress:
        found = erase(
            context.records,
            store,
            rules,
            actor=identity.key_id,
            audit=context.audit,
            now=now,
            progress=progress,
        )
    written = write_certificates(context.settings.state_dir / "certificates", context.records)
    _tell(context, rules, found, now, "Erased")
    for path in written:
        context.say(f"Certificate: {context.shown(path)}")


def _rules(context: Context, models: Sequence[str], older_than: str | None) -> list["Rule"]:
    """How long each model's records are kept, and by whose rule."""
    from serving.subjects.retention import Rule

    if older_than is not None:
        return [Rule(model, _period(older_than), "as the command said") for model in models]
    return [_rule_of_sources(context, model) for model in models]


def _rule_of_sources(context: Context, model: str) -> "Rule":
    """What a model made is kept no longer than the source that is kept shortest."""
    from serving.subjects.retention import Rule

    sources = context.catalogue.sources_of(model)
    shortest = min(sources, key=lambda source: source.law.retention.after(context.today))
    return Rule(model, shortest.law.retention, f"as the source {shortest.source} is kept")


def _period(text: str) -> Period:
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from None
    if period.is_empty or period.unbounded:
        raise typer.BadParameter("is no age; write 24m or 2y", param_hint="--older-than")
    return period


def _tell(
    context: Context, rules: Sequence["Rule"], found: "Purged", now: datetime, verb: str
) -> None:
    context.result(
        {
            "erased": found.erased,
            "held": found.held,
            "before": {rule.model: f"{rule.cutoff(now):%Y-%m-%d}" for rule in rules},
            "rules": {rule.model: f"{rule.keep}, {rule.origin}" for rule in rules},
            "audit_entry": None if found.tombstone is None else vars(found.tombstone),
        }
    )
    if context.as_json:
        return
    for rule in rules:
        context.say(
            f"{rule.model}: older than {rule.cutoff(now):%Y-%m-%d} ({rule.keep}, {rule.origin})"
        )
    table = Table("model", "what", Column(verb.lower(), justify="right"))
    for model, kinds in sorted(found.erased.items()):
        for kind, count in sorted(kinds.items()):
            table.add_row(model or "all", kind.replace("_", " "), f"{count:,}")
    if found.erased:
        context.show(table)
    else:
        context.say("Nothing is past its time.")
    for model, count in sorted(found.held.items()):
        context.say(f"{model}: {count:,} scores past their time stay under a legal hold.")


@_hold.command(
    "set", epilog="Example: hearth hold set --model unlicensed_hmo --reason 'tribunal 12'"
)
def set_(
    command: typer.Context,
    reason: ReasonOption,
    model: Annotated[str | None, typer.Option(help="One model; every model if not given.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="One subject; everybody if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Stop erasure and purge of a model's records, or of one subject's, until the hold is lifted."""
    from serving.subjects.holds import set_hold

    context = open_context(command, as_json=as_json)
    actor = _actor(context)
    with writing(context.records) as connection:
        hold_id = set_hold(
            connection,
            model=model,
            entity_id=subject,
            reason=reason,
            actor=actor,
            audit=context.audit,
            now=utc_now(),
        )
    context.result({"hold_id": hold_id})
    if not as_json:
        typer.echo(hold_id)


@_hold.command("lift", epilog="Example: hearth hold lift 0b5c9d1e-2f3a-4b6c-8d7e-9f0a1b2c3d4e")
def lift(
    command: typer.Context,
    hold_id: Annotated[str, typer.Argument(help="The hold's id, from `hearth hold list`.")],
) -> None:
    """End a hold: what it was over may be erased again."""
    from serving.subjects.holds import lift_hold

    context = open_context(command)
    actor = _actor(context)
    with writing(context.records) as connection:
        lift_hold(connection, hold_id, actor=actor, audit=context.audit, now=utc_now())
    context.say("The hold has ended.")


@_hold.command("list", epilog="Example: hearth hold list --json")
def show(command: typer.Context, as_json: JsonOption = False) -> None:
    """List the holds in force; subjects are not named."""
    from serving.subjects.holds import holds_in_force

    context = open_context(command, as_json=as_json)
    _actor(context)
    with reading(context.records) as connection:
        holds = holds_in_force(connection)
    rows = [
        {
            "hold_id": hold.hold_id,
            "model": hold.model,
            "of": "one subject" if hold.entity_id else "everybody",
            "reason": hold.reason,
            "since": f"{hold.since:%Y-%m-%d}",
        }
        for hold in holds
    ]
    context.result(rows)
    if as_json:
        return
    table = Table(Column("id", no_wrap=True), "model", "of", "reason", "since")
    for row in rows:
        table.add_row(*(str(one) if one else "every model" for one in row.values()))
    context.show(table)


def _actor(context: Context) -> str:
    identity = context.identity()
    identity.require(Permission.SUBJECT_RIGHTS)
    return identity.key_id
