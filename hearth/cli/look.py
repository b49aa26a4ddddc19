"""Commands that look at one household or one row of a matrix: each needs a key, and is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from hearth.cli.context import Context, JsonOption, open_context
from hearth.errors import HearthError, NotFoundError
from hearth.identity import Identity, Permission, subject_reference

if TYPE_CHECKING:
    from features.lawful_reading import Reading

_PANEL = "Records"
_MOST_SHOWN = 40  # rows of a table that somebody reads; --json gives all
_HOUSEHOLD_SCOPE = "household"

T = TypeVar("T")


def mount(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        rich_help_panel=_PANEL,
        epilog="Example: hearth household 990000011212 --as-of 2026-04-01 --purpose early_help",
    )(household)


AsOfOption = Annotated[
    str, typer.Option("--as-of", help="Date, as known before it: 2026-04-01.", metavar="DATE")
]


def household(
    command: typer.Context,
    uprn: Annotated[str, typer.Argument(help="UPRN of the home.")],
    as_of: AsOfOption,
    purpose: Annotated[str, typer.Option(help="Purpose you look for; your key must hold it.")],
    person: Annotated[
        str | None, typer.Option(help="Number of one person there; everybody if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a household as known at a date: people, sources, records, kind of home. It is recorded."""
    from features.single_view import HouseholdView, household_view

    context = open_context(command, as_json=as_json)
    day = past_day(as_of, context)
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


def allowed_reading(context: Context, identity: Identity, purpose: str) -> Reading:
    """On what footing this key reads single rows; PermissionDeniedError where it may not."""
    from features.lawful_reading import Reading

    identity.require(Permission.HOUSEHOLD_READ)
    identity.require_purpose(purpose)
    return Reading(
        purpose,
        context.today,
        restricted=identity.may(Permission.EXPLAIN_SENSITIVE),
        names=identity.may(Permission.HOUSEHOLD_NAMES),
    )


def past_day(text: str, context: Context) -> date:
    """A date that has come; what will be known later nobody can say."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "is no date; write year-month-day, such as 2026-04-01", param_hint="--as-of"
        ) from None
    if day > context.today:
        raise typer.BadParameter(
            f"lies ahead of today, {context.today}; give today or an earlier day",
            param_hint="--as-of",
        )
    return day


def _on_record(
    context: Context,
    identity: Identity,
    action: str,
    subject: tuple[str, str],
    details: dict[str, Any],
    look: Callable[[], T],
) -> T:
    """What was looked at, once it is durable that this key looked; a look that found nothing too."""
    reference = subject_reference(context.pepper, *subject)

    def record(**more: Any) -> None:
        context.audit.append(
            action, actor=identity.key_id, subject=reference, details={**details, **more}
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
        context.console.print(
            _table(
                ("person", "name", "age", "role", "since", "known since", "known in"),
                ([*_resident(one)] for one in view.residents),
            )
        )
    else:
        context.say("Nobody is recorded as living there.")
    shown = view.records[:_MOST_SHOWN]
    if shown:
        context.console.print(
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


def says(values: dict[str, Any]) -> str:
    """Columns and their values, as people read them."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Table:
    table = Table(*heads)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
