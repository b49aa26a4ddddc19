"""The states of an approval and the steps between them, as data."""

from enum import StrEnum

from hearth.errors import StateError
from hearth.identity import Permission


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class Step(StrEnum):
    """What moves a version from one state to another."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    VOID = "void"


STATES: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.REFUSE): State.REFUSED,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Step.VOID): State.VOIDED,
    (State.APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.VOID): State.VOIDED,
}
"""Every step that can be taken. A version without a row is a draft; the other states end its row."""

PERMISSIONS = {
    Step.SUBMIT: Permission.MODEL_SUBMIT,
    Step.APPROVE: Permission.MODEL_APPROVE,
    Step.REFUSE: Permission.MODEL_APPROVE,
    Step.WITHDRAW: Permission.MODEL_APPROVE,
}
"""Permission that a step needs. Voiding needs none: it only records that the files have changed."""


def next_state(state: State, step: Step) -> State:
    """State after a step.

    Raises
    ------
    StateError
        If the table has no such step from there.
    """
    if (state, step) not in STATES:
        possible = ", ".join(s for at, s in STATES if at is state)
        remedy = (
            f"what can be done from there: {possible}"
            if possible
            else "have it reported and submitted again, as it is now"
        )
        raise StateError(f"a version that is {state} takes no step `{step}`; {remedy}")
    return STATES[state, step]
