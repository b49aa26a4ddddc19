"""Which models are in use, what each predicts, and what it reads."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from hearth.identity import Permission
from serving.answers import FeatureDescribed, ModelClosed, ModelDetail, ModelList, ModelSummary
from serving.oversight.answers import NoticeAnswer
from serving.oversight.notice import notice_of
from serving.routes.common import answers, json_response, model_name
from serving.scores.scoring import has_ended
from serving.scores.served_models import ServedModel, sunset_of
from serving.service import Service, service_of
from serving.web.authentication import require

router = APIRouter(
    prefix="/v1/models",
    tags=["models"],
    dependencies=[Depends(require(Permission.REPORT_READ, Permission.SCORE_READ))],
)


@router.get("", summary="Models in use", responses=answers("Models in use", ModelList))
def list_models(service: Annotated[Service, Depends(service_of)]) -> Response:
    """Every model that is approved and proved whole, and those withdrawn, expired or void."""
    return json_response(list_of(service))


@router.get(
    "/{model}",
    summary="One model in use, with its inputs",
    responses=answers("The model", ModelDetail, 404, 409),
)
def show_model(
    model: Annotated[str, Depends(model_name)], service: Annotated[Service, Depends(service_of)]
) -> Response:
    """One model: what it predicts, who approved it, its features and its cohort."""
    return json_response(detail_of(service.models.get(model), service.today()))


@router.get(
    "/{model}/notice",
    summary="What the people a model is about are told",
    responses=answers("The notice of the version in use", NoticeAnswer, 404, 409),
)
def show_notice(
    model: Annotated[str, Depends(model_name)], service: Annotated[Service, Depends(service_of)]
) -> Response:
    """The plain-English notice of the version in use, to be published or handed out."""
    served = service.models.get(model)
    told = NoticeAnswer(
        served.approval.model,
        served.approval.version,
        "text/markdown",
        notice_of(served).as_markdown(),
    )
    return json_response(told)


def list_of(service: Service) -> ModelList:
    """Models in use, by name, and those that were."""
    models, today = service.models, service.today()
    closed = (
        ModelClosed(one.model, one.version, one.state, one.closed_at and one.closed_at.date())
        for one in models.withdrawn.values()
    )
    return ModelList(tuple(summary_of(one, today) for one in models.served.values()), tuple(closed))


def summary_of(served: ServedModel, today: date) -> ModelSummary:
    """What people must know of a model before they use it."""
    return ModelSummary(**_summary(served, today))


def detail_of(served: ServedModel, today: date) -> ModelDetail:
    """The summary with inputs and cohort."""
    model = served.model
    words_of = {words.group: words for words in model.reasons}
    return ModelDetail(
        **_summary(served, today),
        base_rate=model.cohort.base_rate,
        cohort_rows=model.cohort.rows,
        cohort_as_of=model.cohort.as_of,
        caveats=tuple(model.about.get("caveats", ())),
        features=tuple(
            FeatureDescribed(
                f.name,
                f.kind,
                f.categories,
                f.unit,
                words_of[f.group].title,
                words_of[f.group].changeable and f.flag_of is None,
            )
            for f in model.features
        ),
    )


def _summary(served: ServedModel, today: date) -> dict[str, Any]:
    about, approval = served.model.about, served.approval
    oversight = about.get("oversight", {})
    return {
        "name": approval.model,
        "title": about["title"],
        "question": about["question"],
        "purpose": about["purpose"],
        "unit": about["unit"],
        "intervention": about["intervention"],
        "release_level": about["release_level"],
        "kind": served.model.kind,
        "version": approval.version,
        "sha256": approval.bundle_sha256,
        "approved_by_role": approval.decided_by_role,
        "approved_on": approval.decided_at.date(),
        "owner": oversight.get("owner", ""),
        "contact": oversight.get("contact", ""),
        "review_every": oversight.get("review_every", ""),
        "review_on": approval.review_on,
        "sunset": sunset_of(served.model),
        "ended": has_ended(served.model, today),
        "fairness_report": f"/models/{approval.model}/report",
        "notice": f"/models/{approval.model}/notice",
    }
