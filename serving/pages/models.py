"""The register of models, one model, and the fairness report its board read."""

import base64
import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hearth.errors import NotFoundError
from hearth.identity import Permission
from hearth.storage.engine import reading
from hearth.storage.published import published_report
from serving.oversight.notice import notice_of
from serving.pages.render import page
from serving.pages.visitor import signed_in
from serving.routes.common import model_name
from serving.routes.models import detail_of, list_of, summary_of
from serving.service import Service, service_of

router = APIRouter()
REPORT = "report.html"

_readers = Depends(signed_in(Permission.REPORT_READ, Permission.SCORE_READ))
_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)


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
    """The fairness report as the board read it, byte for byte; its own styles are allowed by their hash."""
    with reading(service.engine) as connection:
        files = published_report(connection, model).files
    if REPORT not in files:
        raise NotFoundError("the published report has no page")
    html = files[REPORT]
    headers = {"Content-Security-Policy": _policy_of(html)}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _policy_of(html: bytes) -> str:
    """Policy that lets a self-contained page use the styles written in it, and nothing else."""
    hashes = " ".join(f"'sha256-{_digest(style)}'" for style in _STYLE.findall(html)) or "'none'"
    return (
        f"default-src 'none'; style-src {hashes}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
