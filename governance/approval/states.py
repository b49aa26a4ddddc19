"""The states of an approval and the steps between them, as data."""

from enum import StrEnum

from hearth.errors import StateError
from hearth.identity import Permission


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOIDED = "voided"


class Step(StrEnum):
    """What moves a version from one state to another."""

    SUBMIT = "submit"
    REVIEW = "review"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    VOID = "void"


STATES: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.REVIEW): State.IN_REVIEW,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Step.VOID): State.VOIDED,
    (State.IN_REVIEW, Step.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Step.REFUSE): State.REFUSED,
    (State.IN_REVIEW, Step.WITHDRAW): State.WITHDRAWN,
    (State.IN_REVIEW, Step.VOID): State.VOIDED,
    (State.APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.EXPIRE): State.EXPIRED,
    (State.APPROVED, Step.VOID): State.VOIDED,
}
"""Every step that can be taken. A version without a row is a draft; a state without a step ends its row."""

PERMISSIONS = {
    Step.SUBMIT: Permission.MODEL_SUBMIT,
    Step.REVIEW: Permission.MODEL_APPROVE,
    Step.APPROVE: Permission.MODEL_APPROVE,
    Step.REFUSE: Permission.MODEL_APPROVE,
    Step.WITHDRAW: Permission.MODEL_APPROVE,
}
"""Permission that a step needs. The others are nobody's: they record what the clock or a hash says."""

UNDECIDED = (State.SUBMITTED, State.IN_REVIEW)
"""States in which the board has still to say something."""

OPEN = tuple(state for state, step in STATES if step is Step.VOID)
"""States in which a change of a file still matters."""


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
