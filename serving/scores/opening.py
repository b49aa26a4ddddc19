"""A score that was made, opened for whoever may see it."""

from hearth.errors import NotFoundError
from hearth.identity import Identity
from serving.answers import ScoreAnswer
from serving.scores.recording import find_score
from serving.service import Service
from serving.web.authentication import check_purpose


def open_score(service: Service, identity: Identity, score_id: str) -> ScoreAnswer:
    """A score as it was made, if it is of this identity's areas and for its purposes.

    Raises
    ------
    NotFoundError
        If there is no such score, or its subject lies in an area the identity does not see.
    ProblemError
        403 if it is for another purpose.
    """
    found = find_score(service, score_id)
    if not identity.sees_area(found.area):
        raise NotFoundError("there is no such score")
    check_purpose(identity, found.purpose)
    return found.answer
