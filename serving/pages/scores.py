"""Scoring one household, home or person from a page, reading a score, and deciding on it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from hearth.errors import NotFoundError, StaleError
from hearth.identity import Identity, Permission
from hearth.identity.reference import entity_of
from hearth.storage.engine import reading
from serving.answers import ScoreAnswer
from serving.casework.history import other_scores
from serving.casework.sources import sources_of
from serving.oversight.challenges import challenges_to
from serving.oversight.decisions import decide, decisions_on
from serving.oversight.requests import LONGEST_TEXT, DecisionRequest
from serving.oversight.standing import IN_WORDS, Obstacle
from serving.pages.charts import bars_of, hundred_of
from serving.pages.render import page
from serving.pages.visitor import form_fields, signed_in
from serving.routes.common import model_name
from serving.routes.models import summary_of
from serving.scores.desk import read_score, score_subject
from serving.scores.schemas import LONGEST_SUBJECT
from serving.scores.scoring import check_may_score
from serving.scores.wording import frequency_in_words, many_of
from serving.service import Service, service_of

router = APIRouter()

_scorers = signed_in(Permission.SCORE_WRITE)
LEAST_REASON = 10
"""Characters of a reason that says something; as the board's."""

OUTCOMES = {
    "agree": "I agree: act on the score",
    "override": "I override it: act otherwise",
    "defer": "I need to know more first",
}
REASON_CODES = {
    "already_helped": "Help, or a visit, is there already",
    "records_wrong": "The records are wrong or out of date",
    "known_otherwise": "I know something that no record holds",
    "question_does_not_fit": "The question does not fit this case",
    "not_now": "Right, but not at this time",
    "other": "Something else",
}


@router.get("/models/{model}/score", dependencies=[Depends(_scorers)])
def show_form(
    request: Request,
    model: Annotated[str, Depends(model_name)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """The form that asks whom to score."""
    return _form(request, service, model)


@router.post("/models/{model}/score")
def score(
    request: Request,
    identity: Annotated[Identity, Depends(_scorers)],
    model: Annotated[str, Depends(model_name)],
    fields: Annotated[dict[str, str], Depends(form_fields)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """The way to the score once it is on record, so that none is made twice; or the form with what is wrong."""
    subject = fields.get("subject", "")
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        return _form(request, service, model, error="Enter a reference, such as a UPRN")
    try:
        answer = from_thread.run(score_subject, service, identity, model, subject)
    except NotFoundError:
        service.models.get(model)
        return _form(request, service, model, error="No record has this reference for this model")
    return RedirectResponse(f"/scores/{answer.score_id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/scores/{score_id}")
def show_score(
    request: Request,
    score_id: str,
    identity: Annotated[Identity, Depends(signed_in(Permission.SCORE_READ))],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """A score as it was made."""
    return _shown(request, service, identity, read_score(service, identity, score_id))


@router.post("/scores/{score_id}/decisions")
def save_decision(
    request: Request,
    score_id: str,
    identity: Annotated[Identity, Depends(signed_in(Permission.DECISION_WRITE))],
    fields: Annotated[dict[str, str], Depends(form_fields)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """The way to the score once the decision is on record, so that none is made twice; or what is wrong."""
    faults = _faults_of(fields)
    if not faults:
        decision = DecisionRequest(
            outcome=fields["outcome"],  # type: ignore[arg-type]  # _faults_of found it to be one of the three
            reason_code=fields.get("reason_code") or None,  # type: ignore[arg-type]  # … and this
            viewed_at=_instant(fields.get("viewed_at", "")),
            reason=fields.get("reason", ""),
            considered=fields.get("considered", ""),
        )
        seen = fields.get("seen", "")
        try:
            made = decide(
                service, identity, score_id, decision, seen=int(seen) if seen.isdecimal() else 0
            )
        except StaleError:
            faults["outcome"] = (
                "A decision was recorded while you read this score. Yours was not: read that one, "
                "then decide"
            )
        else:
            return RedirectResponse(f"/scores/{made.score_id}", status_code=HTTPStatus.SEE_OTHER)
    answer = read_score(service, identity, score_id)
    return _shown(request, service, identity, answer, faults=faults, given=fields)


def _form(request: Request, service: Service, model: str, *, error: str = "") -> Response:
    served = service.models.get(model)
    check_may_score(served, service.today())
    return page(
        request,
        "score_form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        model=summary_of(served, service.today()),
        error=error,
    )


def _shown(
    request: Request,
    service: Service,
    identity: Identity,
    answer: ScoreAnswer,
    *,
    faults: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    people = many_of(answer.model.unit)
    with reading(service.engine) as connection:
        made = decisions_on(connection, answer.score_id)
        opened = challenges_to(connection, answer.score_id, service.today())
        subject = _subject_of(connection, identity, answer)
        others = other_scores(connection, identity, answer)
    facts: dict[str, Any] = {
        "answer": answer,
        "people": people,
        "subject": subject,
        "likely": frequency_in_words(answer.score.probability, people),
        "usual": frequency_in_words(answer.score.base_rate, people),
        "hundred": hundred_of(answer.score.probability),
        "bars": bars_of(answer.explanation),
        "outcomes": OUTCOMES,
        "faults": faults or {},
        "given": given or {},
        "obstacles": [IN_WORDS[Obstacle(name)] for name in answer.oversight.obstacles],
        "decisions": made,
        "challenges": opened,
        "others": others,
        "sources": sources_of(answer.explanation),
        "reason_codes": REASON_CODES,
        "viewed_at": (given or {}).get("viewed_at") or service.now().isoformat(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return page(request, "score.html", status=status, **facts)


def _subject_of(connection: Connection, identity: Identity, answer: ScoreAnswer) -> str | None:
    """Whom a score is of, for those who act on it; None for others, where nobody was named, or it is erased."""
    if answer.subject_ref is None or not identity.may(Permission.DECISION_WRITE):
        return None
    return entity_of(connection, answer.subject_ref)


def _faults_of(fields: dict[str, str]) -> dict[str, str]:
    """What is wrong with a decision form, by field."""
    faults = {}
    if fields.get("outcome") not in OUTCOMES:
        faults["outcome"] = "Choose what you decide"
    elif fields["outcome"] == "override":
        if not fields.get("reason_code"):
            faults["reason_code"] = "Choose what fits best"
        if len(fields.get("reason", "")) < LEAST_REASON:
            faults["reason"] = (
                f"Say why you override the score, in at least {LEAST_REASON} characters"
            )
    if fields.get("reason_code") and fields["reason_code"] not in REASON_CODES:
        faults["reason_code"] = "Choose what fits best"
    for name in ("reason", "considered"):
        if len(fields.get(name, "")) > LONGEST_TEXT:
            faults[name] = f"Use at most {LONGEST_TEXT:,} characters"
    return faults


def _instant(text: str) -> datetime | None:
    """When the page was shown, as its form carries it; None if that was altered."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
