"""A score as somebody may see it."""

import msgspec

from hearth.identity import Identity, Permission
from serving.answers import Explanation, ScoreAnswer
from serving.scores.reasons import withhold_restricted


def as_seen(answer: ScoreAnswer, *, reads_reasons: bool, sees_restricted: bool) -> ScoreAnswer:
    """The answer without reasons, or without what a restricted source says, for who may not see it."""
    seen = reasons_as_seen(
        answer.explanation, reads_reasons=reads_reasons, sees_restricted=sees_restricted
    )
    if seen is answer.explanation:
        return answer
    return msgspec.structs.replace(answer, explanation=seen)


def reasons_as_seen(
    reasons: Explanation | None, *, reads_reasons: bool, sees_restricted: bool
) -> Explanation | None:
    """The reasons, or what of them may be seen."""
    if reasons is None or not reads_reasons:
        return None
    return reasons if sees_restricted else withhold_restricted(reasons)


def reasons_seen_by(identity: Identity, reasons: Explanation | None) -> Explanation | None:
    """The reasons without what the identity may not see."""
    return reasons_as_seen(
        reasons,
        reads_reasons=identity.may(Permission.EXPLAIN_READ),
        sees_restricted=identity.may(Permission.EXPLAIN_SENSITIVE),
    )
