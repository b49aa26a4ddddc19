"""Where a listed score stands: what people decided on it, and what stands against it."""

from collections.abc import Collection
from enum import StrEnum

from serving.oversight.challenge_states import OPEN, State


class Stage(StrEnum):
    """Where one score of a list stands, as the page filters by it."""

    TO_DECIDE = "to_decide"
    DEFERRED = "deferred"
    DECIDED = "decided"
    CHALLENGED = "challenged"
    BARRED = "barred"
    EXPIRED = "expired"


IN_WORDS = {
    Stage.TO_DECIDE: "To decide",
    Stage.DEFERRED: "Put off",
    Stage.DECIDED: "Decided",
    Stage.CHALLENGED: "Challenged",
    Stage.BARRED: "Not to be used",
    Stage.EXPIRED: "Expired",
}
COLOURS = {
    Stage.TO_DECIDE: "blue",
    Stage.DEFERRED: "yellow",
    Stage.DECIDED: "green",
    Stage.CHALLENGED: "orange",
    Stage.BARRED: "red",
    Stage.EXPIRED: "grey",
}
"""Of the tag beside the words, which never says it alone."""


def stage_of(outcome: str | None, challenged: Collection[str], *, is_expired: bool) -> Stage:
    """The stage of a score, the gravest first.

    Parameters
    ----------
    outcome
        Last decision on it, if there is one.
    challenged
        States of the challenges to it.
    is_expired
        Whether it is past its time.
    """
    if State.UPHELD in challenged:
        return Stage.BARRED
    if set(challenged) & set(OPEN):
        return Stage.CHALLENGED
    if outcome in {"agree", "override"}:
        return Stage.DECIDED
    if is_expired:
        return Stage.EXPIRED
    return Stage.DEFERRED if outcome == "defer" else Stage.TO_DECIDE
