"""Where versions stand before the board, as the records have it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select

from governance.approval.states import OPEN, STATES, State, Step
from governance.approval.submission import Hashes
from hearth.digest import canonical_json, sha256_of
from hearth.errors import StateError
from hearth.identity import list_clients, list_keys
from hearth.storage.schema import approvals, dissents

CLIENT = "client:"
"""What the id of an OAuth client begins with, where a key has none."""


@dataclass(frozen=True)
class Dissent:
    """What somebody who may approve holds against a version, and where it stood then."""

    recorded_at: datetime
    recorded_by: str
    role: str
    state: State
    reason: str


@dataclass(frozen=True)
class Standing:
    """One submission of a version: its state, what it is bound to, and what everybody did and said."""

    approval_id: int
    model: str
    version: str
    state: State
    hashes: Hashes
    submitted_by: str
    submitted_at: datetime
    reviewed_by: str | None
    review_began_at: datetime | None
    decided_by: str | None
    decided_by_role: str | None
    decided_at: datetime | None
    reason: str | None
    conditions: tuple[str, ...]
    review_on: date | None
    closed_by: str | None
    closed_at: datetime | None
    closed_reason: str | None
    dissents: tuple[Dissent, ...] = ()

    @property
    def can_be_voided(self) -> bool:
        """Whether a change of its files still matters."""
        return (self.state, Step.VOID) in STATES

    @property
    def etag(self) -> str:
        """Mark of all that it says: a decision that carries it was made on this and nothing newer."""
        said = {name: str(getattr(self, name)) for name in self.__dataclass_fields__}
        return sha256_of(canonical_json(said))[:32]


@dataclass(frozen=True)
class Holder:
    """Who a key or client belongs to."""

    name: str
    role: str


def read_standing(
    connection: Connection, model: str, version: str, *, today: date | None = None
) -> Standing | None:
    """Where a version stands; None while it is a draft.

    Parameters
    ----------
    today
        Day on which an approval whose review is due reads `expired`, whether or not that was
        recorded yet; as it was recorded if None.
    """
    found = _standings(connection, (model, version), today)
    return found[-1] if found else None


def need_standing(
    connection: Connection, model: str, version: str, *, today: date | None = None
) -> Standing:
    """Where a version stands, if it was ever submitted.

    Raises
    ------
    StateError
        If it is a draft.
    """
    standing = read_standing(connection, model, version, today=today)
    if standing is None:
        raise StateError(
            f"{model} version {version} is a draft; submit it first: "
            f"hearth submit {model} --version {version}"
        )
    return standing


def all_standings(
    connection: Connection, *, today: date | None = None, model: str | None = None
) -> list[Standing]:
    """Every submission there ever was, or those of a model, oldest first."""
    return _standings(connection, None if model is None else (model, None), today)


def open_standings(
    connection: Connection, model: str | None = None, version: str | None = None
) -> list[Standing]:
    """Submissions undecided or approved, oldest first: those that a change would void."""
    asked = None if model is None else (model, version)
    return [each for each in _standings(connection, asked, None) if each.state in OPEN]


def read_holders(connection: Connection) -> dict[str, Holder]:
    """Names and roles of everybody who was ever known, by the id that the records know them by."""
    keys = {key.key_id: Holder(key.name, key.role) for key in list_keys(connection)}
    return keys | {
        f"{CLIENT}{client.client_id}": Holder(client.name, client.role)
        for client in list_clients(connection)
    }


def _standings(
    connection: Connection, asked: tuple[str, str | None] | None, today: date | None
) -> list[Standing]:
    query = select(approvals).order_by(approvals.c.approval_id)
    if asked is not None:
        query = query.where(approvals.c.model == asked[0])
        if asked[1] is not None:
            query = query.where(approvals.c.version == asked[1])
    rows = connection.execute(query).mappings().all()
    against = _dissents(connection, [row["approval_id"] for row in rows])
    return [_standing(row, against.get(row["approval_id"], ()), today) for row in rows]


def _dissents(connection: Connection, wanted: Iterable[int]) -> Mapping[int, tuple[Dissent, ...]]:
    query = (
        select(dissents)
        .where(dissents.c.approval_id.in_(list(wanted)))
        .order_by(dissents.c.dissent_id)
    )
    found: dict[int, tuple[Dissent, ...]] = {}
    for row in connection.execute(query).mappings():
        dissent = Dissent(
            row["recorded_at"],
            row["recorded_by"],
            row["role"],
            State(row["state"]),
            row["reason"],
        )
        found[row["approval_id"]] = (*found.get(row["approval_id"], ()), dissent)
    return found


def _standing(row: RowMapping, against: tuple[Dissent, ...], today: date | None) -> Standing:
    known = {
        name: row[name]
        for name in Standing.__dataclass_fields__
        if name in row and name not in {"state", "conditions"}
    }
    return Standing(
        **known,
        state=_state(row, today),
        hashes=Hashes(row["bundle_sha256"], row["matrix_sha256"], row["report_sha256"]),
        conditions=tuple(row["conditions"] or ()),
        dissents=against,
    )


def _state(row: RowMapping, today: date | None) -> State:
    state, due = State(row["state"]), row["review_on"]
    has_come = today is not None and due is not None and due <= today
    return State.EXPIRED if state is State.APPROVED and has_come else state
