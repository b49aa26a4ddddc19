"""A score that was made, opened for whoever may see it."""

from hearth.identity import Identity
from serving.answers import ScoreAnswer
from serving.scores.recording import find_score
from serving.service import Service
from serving.web.authentication import check_purpose


def open_score(service: Service, identity: Identity, score_id: str) -> ScoreAnswer:
    """A score as it was made, if it is for this identity's purposes.

    Raises
    ------
    NotFoundError
        If there is no such score.
    ProblemError
        403 if it is for another purpose.
    """
    purpose, answer = find_score(service, score_id)
    check_purpose(identity, purpose)
    return answer
