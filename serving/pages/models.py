"""The register of models, one model, and the fairness report its board read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hearth.errors import NotFoundError
from hearth.identity import Permission
from hearth.storage.engine import reading
from hearth.storage.published import published_report
from serving.oversight.notice import notice_of
from serving.pages.render import page
from serving.pages.reported import REPORT
from serving.pages.self_contained import self_contained
from serving.pages.visitor import signed_in
from serving.routes.common import model_name
from serving.routes.models import detail_of, list_of, summary_of
from serving.service import Service, service_of

router = APIRouter()

_readers = Depends(signed_in(Permission.REPORT_READ, Permission.SCORE_READ))


@router.get("/models", dependencies=[_readers])
def show_register(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Every model in use, and every approved one that is not served."""
    listed = list_of(service)
    return page(
        request,
        "models.html",
        models=listed.models,
        closed=listed.closed,
        refused=sorted(service.models.refused),
    )


@router.get("/models/{model}", dependencies=[_readers])
def show_model(
    request: Request,
    model: Annotated[str, Depends(model_name)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """One model: what it predicts, who approved it, what it reads."""
    served = service.models.get(model)
    return page(
        request,
        "model.html",
        model=detail_of(served, service.today()),
        concepts=served.model.reasons,
    )


@router.get("/models/{model}/notice", dependencies=[_readers])
def show_notice(
    request: Request,
    model: Annotated[str, Depends(model_name)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """What the people a model is about are told of it."""
    served = service.models.get(model)
    return page(
        request,
        "notice.html",
        notice=notice_of(served),
        model=summary_of(served, service.today()),
    )


@router.get("/models/{model}/report", dependencies=[Depends(signed_in(Permission.REPORT_READ))])
def show_report(
    model: Annotated[str, Depends(model_name)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """The fairness report as the board read it, byte for byte; as it is."""
    with reading(service.engine) as connection:
        files = published_report(connection, model).files
    if REPORT not in files:
        raise NotFoundError("the published report has no page")
    return self_contained(files[REPORT])
