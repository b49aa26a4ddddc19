"""Commands that look at one household or one row of a matrix: each needs a key, and is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.table import Column, Table

from hearth.cli.arguments import AsOfOption, ModelArgument, past_day
from hearth.cli.context import Context, JsonOption, open_context, utc_now
from hearth.errors import HearthError, NotFoundError
from hearth.identity import Identity, Permission, subject_reference
from hearth.release import check_release, check_releases
from hearth.storage.engine import writing

if TYPE_CHECKING:
    from features.lawful_reading import Reading

_PANEL = "Records"
_MOST_SHOWN = 40  # rows of a table that somebody reads; --json gives all
_UPRN = re.compile(r"[1-9][0-9]{0,11}")
_TYPED_NEXT = ("feature", "row", "source")  # of a pseudonym its beginning will do
_HOUSEHOLD_SCOPE = "household"

T = TypeVar("T")


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        rich_help_panel=_PANEL,
        epilog="Example: hearth household 990000011212 --as-of 2026-04-01 --purpose early_help",
    )(household)
    app.command(
        rich_help_panel=_PANEL,
        epilog="Example: hearth why school_readiness 990000011212 --as-of 2026-09-01",
    )(why)


def household(
    command: typer.Context,
    uprn: Annotated[str, typer.Argument(help="UPRN of the home.")],
    as_of: AsOfOption,
    purpose: Annotated[str, typer.Option(help="Purpose you look for; your key must hold it.")],
    person: Annotated[
        str | None,
        typer.Option(
            help="Pseudonym of one person there, or its beginning; everybody if not given."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a household as known at a date: people, sources, records, kind of home. It is recorded."""
    from features.single_view import HouseholdView, household_view

    if not _UPRN.fullmatch(uprn):
        raise typer.BadParameter(
            "is no UPRN: write 1 to 12 digits that do not begin with 0", param_hint="UPRN"
        )
    context = open_context(command, as_json=as_json)
    day = past_day(as_of, context.today)
    models = context.catalogue.models.values()
    check_releases(model.release_level for model in models if model.purpose == purpose)
    identity = context.identity()

    def look() -> HouseholdView:
        return household_view(
            context.catalogue.sources,
            context.settings.state_dir,
            uprn,
            day,
            allowed_reading(context, identity, purpose),
            person=person,
        )

    details = {
        "purpose": purpose,
        "as_of": day.isoformat(),
        "names": identity.may(Permission.HOUSEHOLD_NAMES),
        "one_person": person is not None,
    }
    view = _on_record(
        context, identity, "household.viewed", (_HOUSEHOLD_SCOPE, uprn), details, look
    )
    context.result(asdict(view))
    if not as_json:
        _show_household(context, view)


def why(
    command: typer.Context,
    model: ModelArgument,
    entity: Annotated[str, typer.Argument(help="UPRN of the home, or number of the person.")],
    as_of: AsOfOption,
    feature: Annotated[
        str | None, typer.Option(help="Name of one feature; all if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the rows behind each feature of one entity, and why other rows did not count. It is recorded."""
    from features.why import RowTrace, trace_row

    context = open_context(command, as_json=as_json)
    day = past_day(as_of, context.today)
    definition = context.catalogue.model(model)
    check_release(definition.release_level)
    purpose = definition.purpose
    identity = context.identity()

    def look() -> RowTrace:
        return trace_row(
            context.catalogue,
            context.settings,
            model,
            entity,
            day,
            reading=allowed_reading(context, identity, purpose),
            feature=feature,
        )

    details = {"model": model, "purpose": purpose, "as_of": day.isoformat()}
    found = _on_record(context, identity, "features.traced", (model, entity), details, look)
    context.result(asdict(found))
    if not as_json:
        _show_trace(context, found, feature)


def allowed_reading(context: Context, identity: Identity, purpose: str) -> Reading:
    """On what footing this key reads single rows; PermissionDeniedError where it may not."""
    from features.lawful_reading import Reading

    identity.require(Permission.HOUSEHOLD_READ)
    identity.require_purpose(purpose)
    identity.require_every_area()
    restricted, names = map(
        identity.may, (Permission.EXPLAIN_SENSITIVE, Permission.HOUSEHOLD_NAMES)
    )
    return Reading(purpose, context.today, restricted=restricted, names=names)


def _on_record(
    context: Context,
    identity: Identity,
    action: str,
    subject: tuple[str, str],
    details: dict[str, Any],
    look: Callable[[], T],
) -> T:
    """What was looked at, once it is durable that this key looked; a look that found nothing too."""

    def record(**more: Any) -> None:
        with writing(context.records) as connection:
            context.audit.append(
                action,
                actor=identity.key_id,
                subject=subject_reference(connection, *subject, utc_now()),
                details={**details, **more},
                connection=connection,
            )

    try:
        found = look()
    except HearthError as error:
        record(outcome="not_found" if isinstance(error, NotFoundError) else "refused")
        raise
    record(outcome="shown", sources=list(getattr(found, "sources_read", ())))
    return found


def _show_household(context: Context, view: Any) -> None:
    context.say(f"Home {view.uprn} as known on {view.as_of}, for {view.purpose}")
    families = f"; likely families: {view.families}" if view.families > 1 else ""
    context.say(f"Kind of home: {view.kind.replace('_', ' ')} ({view.why}{families})")
    if view.residents:
        context.show(
            _table(
                ("person", "name", "age", "role", "since", "known since", "known in"),
                ([*_resident(one)] for one in view.residents),
            )
        )
    else:
        context.say("Nobody is recorded as living there.")
    shown = view.records[:_MOST_SHOWN]
    if shown:
        context.show(
            _table(
                ("date", "known", "source", "about", "what it says"),
                ((r.happened, r.known, r.source, r.about, says(r.says)) for r in shown),
            )
        )
    if len(view.records) > len(shown):
        context.say(f"{len(view.records) - len(shown):,} earlier records; --json gives all.")
    context.say(f"Sources read: {', '.join(view.sources_read)}")
    for source, why in view.sources_not_read.items():
        context.say(f"  not read: {source} {why}")


def _resident(one: Any) -> Iterable[Any]:
    known = [
        source if sure is None else f"{source} ({sure:.2f})"
        for source, sure in one.known_in.items()
    ]
    since = f"{one.since} (second home)" if one.second_home else one.since
    age = "" if one.age is None else one.age
    yield from (one.person_id, one.name or "", age, one.role, since, one.known_since)
    yield ", ".join(known)


def _show_trace(context: Context, found: Any, asked: str | None) -> None:
    origin = "the matrix" if found.values_from == "matrix" else "the data, computed now"
    context.say(f"{found.model}, {found.entity} as known on {found.as_of}; values from {origin}")
    for group in found.groups:
        around = "" if group.other_homes is None else f", at {group.other_homes:,} other homes"
        context.say(f"\n{group.title}: {group.source}, following {group.follows}{around}")
        if group.withheld is not None:
            context.say(f"  withheld: {group.withheld}")
            continue
        context.show(
            _table(
                ("feature", "value", "made as", "window", "rows"),
                (
                    (f.name, _value(f.value), f.made, _window(f.window), len(f.counted))
                    for f in group.features
                ),
            )
        )
        _show_rows(context, group, asked)


def _show_rows(context: Context, group: Any, asked: str | None) -> None:
    """Rows that count for any feature shown, and those that count for none, with the reason."""
    counted = {number for f in group.features for number in f.counted}
    reasons = {number: why for f in group.features for number, why in f.not_counted.items()}
    latest = sorted(group.rows, key=lambda row: (row.happened, row.number), reverse=True)
    shown = latest[:_MOST_SHOWN]
    if shown:
        context.show(
            _table(
                ("row", "about", "date", "known", "what it says", "counted"),
                (
                    (
                        row.row_key or f"row {row.number}",
                        row.about,
                        row.happened,
                        row.known or "never",
                        says(row.says),
                        "yes" if row.number in counted else f"no: {reasons.get(row.number, '')}",
                    )
                    for row in shown
                ),
            )
        )
    if len(latest) > len(shown):
        context.say(f"{len(latest) - len(shown):,} earlier rows; --json gives all.")
    if asked is None and any(0 < len(f.counted) < len(counted) for f in group.features):
        context.say("A row that counts for one feature may not for another: --feature shows one.")


def _value(value: float | str | None) -> str:
    return "missing" if value is None else f"{value:,.6g}" if isinstance(value, float) else value


def _window(window: tuple[date, date] | None) -> str:
    return "" if window is None else f"[{window[0]}, {window[1]})"


def says(values: dict[str, Any]) -> str:
    """Columns and their values, as people read them."""
    told = {name: "missing" if value is None else value for name, value in values.items()}
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Table:
    """A table; names that a person may type in next are never folded."""
    table = Table(*(Column(head, no_wrap=head in _TYPED_NEXT) for head in heads))
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
