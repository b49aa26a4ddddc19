"""The states of a challenge and the steps between them, as data; the documentation is drawn from it."""

from enum import StrEnum

from hearth.errors import StateError


class State(StrEnum):
    """Where a challenge stands."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What moves a challenge from one state to another."""

    ACKNOWLEDGE = "acknowledge"
    UPHOLD = "uphold"
    REJECT = "reject"
    WITHDRAW = "withdraw"


STATES: dict[tuple[State, Step], State] = {
    (State.OPENED, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.OPENED, Step.WITHDRAW): State.WITHDRAWN,
    (State.ACKNOWLEDGED, Step.UPHOLD): State.UPHELD,
    (State.ACKNOWLEDGED, Step.REJECT): State.REJECTED,
    (State.ACKNOWLEDGED, Step.WITHDRAW): State.WITHDRAWN,
}
"""Every step that can be taken. A state that none leaves from is an end."""

OPEN = tuple(dict.fromkeys(state for state, _ in STATES))
"""States in which a challenge suspends its score."""

CLOSING = frozenset(step for (_, step), state in STATES.items() if state not in OPEN)
"""Steps that end a challenge: never taken by who opened it, nor by anyone who decided on the score."""

FOLLOWS = {
    State.OPENED: "the score is suspended",
    State.ACKNOWLEDGED: "the score is suspended",
    State.UPHELD: "the score is not to be used, for good",
    State.REJECTED: "the score may be used again",
    State.WITHDRAWN: "the score may be used again",
}
"""What each state means for the score."""


def next_state(state: State, step: Step) -> State:
    """State after a step.

    Raises
    ------
    StateError
        If the table has no such step from there.
    """
    if (state, step) not in STATES:
        possible = ", ".join(steps_from(state)) or "none; open another challenge"
        raise StateError(
            f"A challenge that is {state} takes no step `{step}`; what can be done: {possible}."
        )
    return STATES[state, step]


def steps_from(state: State) -> tuple[Step, ...]:
    """Steps that can be taken from a state."""
    return tuple(step for at, step in STATES if at is state)


def as_markdown() -> str:
    """The table of states, as the documentation shows it."""
    rows = [f"| {at} | `{step}` | {to} | {FOLLOWS[to]} |" for (at, step), to in STATES.items()]
    return "\n".join(["| from | step | to | then |", "|---|---|---|---|", *rows])
