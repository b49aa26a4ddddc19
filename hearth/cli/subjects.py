"""Commands for what a subject may ask for: see, rectify, object, restrict, be erased; each on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection

from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.cli.pseudonyms import ReasonOption
from hearth.identity import Identity, Permission, subject_reference
from hearth.storage.engine import writing

if TYPE_CHECKING:
    from hearth.risk_model import FeatureSpec

_subject = typer.Typer(
    help="What a subject may ask for: export, rectify, object, restrict, lift, erase.",
    no_args_is_help=True,
)


class Outcome(StrEnum):
    """How a dispute was settled."""

    UPHELD = "upheld"
    REJECTED = "rejected"


SubjectArgument = Annotated[
    str,
    typer.Argument(
        help="As models know it: a UPRN, a household's number, or a person's pseudonym "
        "(`hearth pseudonym find`).",
    ),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="One model; every model if not given.")
]


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_subject, name="subject", rich_help_panel="Records")


@_subject.command(
    "export", epilog="Example: hearth subject export 990000011212 --to export --reason 'request 31'"
)
def export(
    command: typer.Context,
    subject: SubjectArgument,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.", file_okay=False)],
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Write all that is held of one subject, as JSON and as a page, into a private folder."""
    from features.store import FeatureStore
    from serving.subjects.dossier import collect
    from serving.subjects.export import write_export
    from serving.subjects.known import RIGHTS

    context = open_context(command, as_json=as_json)
    identity = _identity(context, Permission.SUBJECT_EXPORT)
    dossier = collect(context.records, FeatureStore(context.settings.store_url), subject, utc_now())
    with writing(context.records) as connection:  # on record before anything is on the disk
        context.audit.append(
            "subject.exported",
            actor=identity.key_id,
            subject=subject_reference(connection, RIGHTS, subject, utc_now()),
            details={"reason": reason},
            connection=connection,
        )
    written = write_export(to, dossier)
    counts = {name: len(found) for name, found in dossier.items() if isinstance(found, list)}
    context.result({"page": str(written.page), "data": str(written.data), "counts": counts})
    if not as_json:
        context.say(f"Written: {context.shown(written.page)} and {context.shown(written.data)}")
        context.say(
            "Read it before you hand it over: what people wrote on a score may name somebody else."
        )


@_subject.command(
    "rectify",
    epilog="Example: hearth subject rectify 990000011212 --model school_readiness "
    "--feature arrears_count_12m --stated 0 --reason 'letter 45'",
)
def rectify(
    command: typer.Context,
    subject: SubjectArgument,
    model: Annotated[str, typer.Option(help="Name of the model.")],
    feature: Annotated[str, typer.Option(help="The feature that is said to be wrong.")],
    reason: ReasonOption,
    stated: Annotated[
        str | None, typer.Option(help="What the subject says it is; if not given, only wrong.")
    ] = None,
    close: Annotated[
        Outcome | None, typer.Option(help="Settle the dispute; open it if not given.")
    ] = None,
) -> None:
    """Dispute an input (UK GDPR, art. 16): scores are flagged, one is made with what is stated; or settle it."""
    from features.store import FeatureStore
    from serving.scores.served_models import served_model
    from serving.subjects.rectification import dispute_input, feature_of, settle_dispute

    context = open_context(command)
    identity = _identity(context, Permission.SUBJECT_RIGHTS)
    store = FeatureStore(context.settings.store_url)
    if close is not None:
        settle_dispute(
            context.records,
            store,
            subject,
            model,
            feature,
            outcome=close.value,
            actor=identity.key_id,
            audit=context.audit,
            now=utc_now(),
        )
        context.say(f"The dispute is settled: {close.value}. Scores are flagged no more.")
        if close is Outcome.UPHELD:
            context.say("Have it mended at its source too, or the next refresh brings it back.")
        return
    served = served_model(context.records, model)
    made = dispute_input(
        context.records,
        store,
        served,
        subject,
        feature,
        stated=_stated(feature_of(served, feature), stated),
        reason=reason,
        identity=identity,
        audit=context.audit,
        now=utc_now(),
    )
    context.say(f"The dispute is on record: every score is flagged disputed:{feature}.")
    if made.score_id is not None:
        context.say(f"Made with what is stated, and kept beside the others: score {made.score_id}")


def _stated(feature: "FeatureSpec", text: str | None) -> float | str | None:
    """What was stated, as the model reads it."""
    if text is None or feature.kind == "category":
        return text
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter("is no number", param_hint="--stated") from None


@_subject.command(
    "object",
    epilog="Example: hearth subject object 990000011212 --model school_readiness --reason 'letter 44'",
)
def object_(
    command: typer.Context,
    subject: SubjectArgument,
    reason: ReasonOption,
    model: ModelOption = None,
) -> None:
    """Put an objection on record: nobody scores the subject any more, from now on (UK GDPR, art. 21)."""
    _restrict(command, subject, "objection", model, reason)


@_subject.command(
    "restrict", epilog="Example: hearth subject restrict 990000011212 --reason 'accuracy contested'"
)
def restrict(
    command: typer.Context,
    subject: SubjectArgument,
    reason: ReasonOption,
    model: ModelOption = None,
) -> None:
    """Restrict processing: nobody scores the subject while it lasts (UK GDPR, art. 18)."""
    _restrict(command, subject, "restriction", model, reason)


@_subject.command(
    "lift",
    epilog="Example: hearth subject lift 990000011212 --reason 'objection overruled, case 9'",
)
def lift(
    command: typer.Context,
    subject: SubjectArgument,
    reason: ReasonOption,
    model: ModelOption = None,
) -> None:
    """End an objection or a restriction, of one model or over every model."""
    from serving.subjects.objections import in_force
    from serving.subjects.objections import lift as end

    with _acting(command) as (context, connection, actor):
        ended = end(
            connection,
            subject,
            model=model,
            reason=reason,
            actor=actor,
            audit=context.audit,
            now=utc_now(),
        )
        left = in_force(connection, subject)
    if not left:
        context.say(f"Ended: {ended}. The subject may be scored again.")
        return
    context.say(f"Ended: {ended}. Still in force, each ended by a lift of its own:")
    for kind, about in left:
        which = "every model" if about is None else about
        how = "without --model" if about is None else f"with --model {about}"
        context.say(f"  {kind} to {which}: `hearth subject lift` {how}")


@_subject.command(
    "erase", epilog="Example: hearth subject erase 990000011212 --reason 'erasure request 7'"
)
def erase(
    command: typer.Context,
    subject: SubjectArgument,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Erase what the records and the feature store hold of a subject; that it was there stays on record."""
    from features.store import FeatureStore
    from serving.subjects.erasure import erase_subject

    context = open_context(command, as_json=as_json)
    identity = _identity(context, Permission.SUBJECT_RIGHTS)
    erased = erase_subject(
        context.records,
        FeatureStore(context.settings.store_url),
        subject,
        reason=reason,
        actor=identity.key_id,
        audit=context.audit,
        now=utc_now(),
    )
    entry = None if erased.tombstone is None else vars(erased.tombstone)
    context.result({"erased": erased.counts, "audit_entry": entry})
    if as_json:
        return
    if erased.tombstone is None:
        context.say("Nothing is held of this subject; nothing was erased.")
        return
    what = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in erased.counts.items())
    context.say(f"Erased: {what} (audit entry {erased.tombstone.sequence}).")
    context.say(
        "Extracts and what is built from them still hold the subject: have it removed at its "
        "source, or the next refresh brings it back."
    )


def _restrict(
    command: typer.Context, subject: str, kind: str, model: str | None, reason: str
) -> None:
    from serving.subjects.objections import restrict as put

    with _acting(command) as (context, connection, actor):
        put(
            connection,
            subject,
            kind,  # type: ignore[arg-type]  # one of its two words, from the commands above
            model=model,
            reason=reason,
            actor=actor,
            audit=context.audit,
            now=utc_now(),
        )
    context.say(f"The {kind} is in force: no service, batch or file scores the subject any more.")


@contextmanager
def _acting(command: typer.Context) -> Iterator[tuple[Context, Connection, str]]:
    """One transaction by whoever may see to subjects' rights."""
    context = open_context(command)
    identity = _identity(context, Permission.SUBJECT_RIGHTS)
    with writing(context.records) as connection:
        yield context, connection, identity.key_id


def _identity(context: Context, permission: Permission) -> Identity:
    identity = context.identity()
    identity.require(permission)
    return identity
