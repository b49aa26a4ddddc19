"""Where versions stand before the board, as the records have it."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from governance.approval.states import STATES, State, Step
from governance.approval.submission import Hashes
from hearth.errors import StateError
from hearth.storage.schema import approvals


@dataclass(frozen=True)
class Standing:
    """The newest row of a version: its state, what it is bound to, who submitted it."""

    approval_id: int
    model: str
    version: str
    state: State
    hashes: Hashes
    submitted_by: str

    @property
    def can_be_voided(self) -> bool:
        """Whether a change of its files still matters."""
        return (self.state, Step.VOID) in STATES


def read_standing(connection: Connection, model: str, version: str) -> Standing | None:
    """Where a version stands; None while it is a draft."""
    row = (
        connection.execute(
            select(approvals)
            .where(approvals.c.model == model, approvals.c.version == version)
            .order_by(approvals.c.approval_id.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else _standing(row)


def need_standing(connection: Connection, model: str, version: str) -> Standing:
    """Where a version stands, if it was ever submitted.

    Raises
    ------
    StateError
        If it is a draft.
    """
    standing = read_standing(connection, model, version)
    if standing is None:
        raise StateError(
            f"{model} version {version} is a draft; submit it first: "
            f"hearth submit {model} --version {version}"
        )
    return standing


def open_standings(connection: Connection) -> list[Standing]:
    """Versions submitted or approved, oldest first: those that a change would void."""
    voidable = [state for state, step in STATES if step is Step.VOID]
    rows = connection.execute(
        select(approvals).where(approvals.c.state.in_(voidable)).order_by(approvals.c.approval_id)
    ).mappings()
    return [_standing(row) for row in rows]


def _standing(row: RowMapping) -> Standing:
    hashes = Hashes(row["bundle_sha256"], row["matrix_sha256"], row["report_sha256"])
    return Standing(
        row["approval_id"],
        row["model"],
        row["version"],
        State(row["state"]),
        hashes,
        row["submitted_by"],
    )
