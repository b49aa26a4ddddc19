"""A score as somebody may see it."""

import msgspec

from serving.answers import ScoreAnswer
from serving.scores.reasons import withhold_restricted


def as_seen(answer: ScoreAnswer, *, reads_reasons: bool, sees_restricted: bool) -> ScoreAnswer:
    """The answer without reasons, or without what a restricted source says, for who may not see it."""
    if answer.explanation is None:
        return answer
    if not reads_reasons:
        return msgspec.structs.replace(answer, explanation=None)
    if sees_restricted:
        return answer
    return msgspec.structs.replace(answer, explanation=withhold_restricted(answer.explanation))
