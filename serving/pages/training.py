"""What was trained here, for data scientists: models, a model's versions, its splits and its drift."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response

from hearth.errors import NotFoundError
from hearth.identity import Permission
from hearth.settings import Settings
from serving.pages.kept import (
    last_watched,
    models_trained,
    runs_of,
    splits_drawing,
    splits_table,
)
from serving.pages.paging import links_to, page_of
from serving.pages.render import page
from serving.pages.self_contained import self_contained
from serving.pages.visitor import signed_in
from serving.service import Service, service_of

router = APIRouter(dependencies=[Depends(signed_in(Permission.MODEL_SUBMIT))])

_Service = Annotated[Service, Depends(service_of)]
_Page = Annotated[str, Query(alias="page")]


@router.get("/training")
def show_models(request: Request, service: _Service, number: _Page = "1") -> Response:
    """Every model of which a version is kept, each by its newest, and the way to MLflow."""
    state_dir = service.settings.state_dir
    shown = page_of(models_trained(state_dir), number)
    rows = [
        (model, runs_of(state_dir, model)[0], last_watched(state_dir, model))
        for model in shown.rows
    ]
    return page(
        request,
        "training.html",
        shown=shown,
        rows=rows,
        links=links_to(shown, "/training", {}),
        mlflow=mlflow_address(service.settings),
    )


@router.get("/training/{model}")
def show_model(
    request: Request, model: str, service: _Service, version: str = "", number: _Page = "1"
) -> Response:
    """A model's versions, one of them on each test date, its splits, and how it has drifted."""
    state_dir = service.settings.state_dir
    runs = runs_of(state_dir, _trained(state_dir, model))
    run = next((each for each in runs if each.version == version), runs[0])
    shown = page_of(runs, number)
    return page(
        request,
        "training_model.html",
        model=model,
        run=run,
        shown=shown,
        links=links_to(shown, f"/training/{model}", {"version": version}),
        splits=splits_table(state_dir, model),
        watched=last_watched(state_dir, model),
    )


@router.get("/training/{model}/splits.svg")
def show_drawing(model: str, service: _Service) -> Response:
    """The drawing that `hearth splits` left."""
    state_dir = service.settings.state_dir
    drawing = splits_drawing(state_dir, _trained(state_dir, model))
    if drawing is None:
        raise NotFoundError("no drawing of these splits was kept")
    return self_contained(drawing, media_type="image/svg+xml")


def _trained(state_dir: Path, model: str) -> str:
    """The name, if it is that of a model of which a version is kept."""
    if model not in models_trained(state_dir):
        raise NotFoundError("no version of this model is kept here")
    return model


def mlflow_address(settings: Settings) -> str:
    """Where MLflow's own pages are, without user or password; empty where it is a database."""
    found = urlsplit(settings.mlflow_url)
    if found.scheme not in ("http", "https") or not found.hostname:
        return ""
    host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
    port = f":{found.port}" if found.port else ""
    return f"{found.scheme}://{host}{port}{found.path}"
