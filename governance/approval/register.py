"""The register of approvals: where each version stands, and every step that brought it there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from governance.approval.standing import Holder, Standing, all_standings, read_holders
from governance.approval.states import State, Step


@dataclass(frozen=True)
class Taken:
    """One step that was taken: by whom, in which role, and what they said.

    Attributes
    ----------
    step : str
        A step of the table, or `dissent`.
    by : str
        Id of the key or client; `clock`, `operator` where nobody's key was used.
    role : str
        Role of that key; empty where there is none.
    said : str
        Reason or dissent; empty where none is asked for.
    """

    step: str
    at: datetime
    by: str
    role: str
    said: str
    conditions: tuple[str, ...] = ()
    review_on: date | None = None


@dataclass(frozen=True)
class Registered:
    """A version: where its last submission stands, and all that was ever done about it, oldest first."""

    standing: Standing
    history: tuple[Taken, ...]


def read_register(
    connection: Connection, *, today: date, model: str | None = None
) -> list[Registered]:
    """Every version ever submitted, or those of a model: by model, the one submitted last first.

    Parameters
    ----------
    today
        Day on which an approval whose review is due reads `expired`.
    """
    holders = read_holders(connection)
    versions: dict[tuple[str, str], list[Standing]] = {}
    for standing in all_standings(connection, today=today, model=model):
        versions.setdefault((standing.model, standing.version), []).append(standing)
    registered = [
        Registered(each[-1], tuple(step for row in each for step in _steps(row, holders)))
        for each in versions.values()
    ]
    registered.sort(key=lambda each: -each.standing.approval_id)
    return sorted(registered, key=lambda each: each.standing.model)


def _steps(row: Standing, holders: Mapping[str, Holder]) -> Iterator[Taken]:
    """Steps of one submission in the order they were taken."""
    taken = [*_of_row(row, holders), *_dissents(row)]
    yield from sorted(taken, key=lambda step: step.at)


def _of_row(row: Standing, holders: Mapping[str, Holder]) -> Iterator[Taken]:
    def role_of(by: str) -> str:
        return holders[by].role if by in holders else ""

    yield Taken(Step.SUBMIT, row.submitted_at, row.submitted_by, role_of(row.submitted_by), "")
    if row.review_began_at is not None and row.reviewed_by is not None:
        yield Taken(Step.REVIEW, row.review_began_at, row.reviewed_by, role_of(row.reviewed_by), "")
    if row.decided_at is not None and row.decided_by is not None:
        step = Step.REFUSE if row.state is State.REFUSED else Step.APPROVE
        yield Taken(
            step,
            row.decided_at,
            row.decided_by,
            row.decided_by_role or "",
            row.reason or "",
            row.conditions,
            row.review_on,
        )
    if row.closed_at is not None and row.closed_by is not None:
        ended = _ENDED[row.state]
        said = row.closed_reason or ""
        yield Taken(ended, row.closed_at, row.closed_by, role_of(row.closed_by), said)


def _dissents(row: Standing) -> Iterator[Taken]:
    for each in row.dissents:
        yield Taken("dissent", each.recorded_at, each.recorded_by, each.role, each.reason)


_ENDED = {State.WITHDRAWN: Step.WITHDRAW, State.EXPIRED: Step.EXPIRE, State.VOIDED: Step.VOID}
