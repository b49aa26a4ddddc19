"""The work list of a model: whom the service can reach, ranked, with reasons; or, by release level, areas."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from hearth.identity import Identity, Permission
from hearth.kept_figures import find_figures
from hearth.release import AREAS as FOR_AREAS
from hearth.storage.engine import reading
from serving.casework.found import find_score_of
from serving.casework.rows import listed_scores
from serving.casework.stages import COLOURS, IN_WORDS
from serving.casework.work_list import Line, Missing, WorkList, work_list
from serving.pages.area_drawing import map_of
from serving.pages.paging import links_to, page_of
from serving.pages.render import page
from serving.pages.visitor import form_fields, signed_in
from serving.routes.common import model_name
from serving.routes.models import summary_of
from serving.scores.schemas import LONGEST_SUBJECT
from serving.scores.served_models import ServedModel
from serving.service import Service, service_of
from serving.web.authentication import check_purpose

router = APIRouter()

_deciders = signed_in(Permission.DECISION_WRITE)
_Identity = Annotated[Identity, Depends(_deciders)]
_Model = Annotated[str, Depends(model_name)]
_Service = Annotated[Service, Depends(service_of)]
FILTERS = ("state", "band", "area")
ABSTAINS = "none"
NO_AREA = "none"
_OF: dict[str, Callable[[Line], str]] = {
    "state": lambda line: line.stage.value,
    "band": lambda line: line.band or ABSTAINS,
    "area": lambda line: line.area or NO_AREA,
}
WHY_NONE = {
    Missing.NOT_MADE: "No list has been made yet.",
    Missing.OTHER_VERSION: "The last list was made by a version of the model that is no longer in use.",
    Missing.REFRESHED: "The records were brought up to date after the last list was made.",
}


@router.get("/work")
def show_work(request: Request, identity: _Identity, service: _Service) -> Response:
    """The models whose lists somebody may work on."""
    today = service.today()
    models = [
        summary_of(served, today)
        for served in service.models.served.values()
        if served.model.about["purpose"] in identity.purposes
    ]
    return page(request, "work.html", models=[model for model in models if not model.ended])


@router.get("/models/{model}/list")
def show_list(request: Request, model: _Model, identity: _Identity, service: _Service) -> Response:
    """One page of the list; of a model released for areas, the areas and nobody in them."""
    served = service.models.get(model)
    if served.model.about.get("release_level") == FOR_AREAS:
        return _areas(request, service, identity, served)
    return _list(request, service, identity, model)


@router.post("/models/{model}/list/search")
def search(
    request: Request,
    model: _Model,
    identity: _Identity,
    fields: Annotated[dict[str, str], Depends(form_fields)],
    service: _Service,
) -> Response:
    """The way to the score of one subject; a reference travels in the body and never in an address."""
    subject = fields.get("subject", "")
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        return _list(request, service, identity, model, error="Enter a reference, such as a UPRN")
    found = find_score_of(service, service.held.current, identity, model, subject)
    if found is None:
        return _list(
            request,
            service,
            identity,
            model,
            error="No score of this reference was made beforehand",
        )
    return RedirectResponse(f"/scores/{found}", status_code=HTTPStatus.SEE_OTHER)


def _list(
    request: Request, service: Service, identity: Identity, model: str, *, error: str = ""
) -> Response:
    served, found = work_list(service, service.held.current, identity, model)
    facts: dict[str, Any] = {"model": summary_of(served, service.today()), "error": error}
    if isinstance(found, Missing):
        return page(request, "work_list.html", why_none=WHY_NONE[found], list=None, **facts)
    asked = {name: request.query_params.get(name, "") for name in FILTERS}
    lines = [line for line in found.lines if _passes(line, asked)]
    shown = page_of(lines, request.query_params.get("page", ""))
    path = f"/models/{model}/list"
    return page(
        request,
        "work_list.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        list=found,
        shown=shown,
        rows=listed_scores(service, identity, shown.rows),
        links=links_to(shown, path, asked),
        filters=_filters(found, asked),
        is_filtered=any(asked.values()),
        stages=IN_WORDS,
        colours=COLOURS,
        **facts,
    )


def _passes(line: Line, asked: dict[str, str]) -> bool:
    return all(not wanted or _OF[name](line) == wanted for name, wanted in asked.items())


def _filters(found: WorkList, asked: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Options of each filter, with how many places of the whole list each holds."""
    return {
        "state": _options(
            found, "state", asked, {stage.value: IN_WORDS[stage] for stage in IN_WORDS}
        ),
        "band": _options(found, "band", asked, {ABSTAINS: "The model abstains"}),
        "area": _options(found, "area", asked, {NO_AREA: "Not recorded"}),
    }


def _options(
    found: WorkList, name: str, asked: dict[str, str], words: dict[str, str]
) -> list[dict[str, Any]]:
    values: Iterable[str] = map(_OF[name], found.lines)
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    order = [*words, *sorted(set(counts) - set(words))] if name == "state" else sorted(counts)
    options = [
        {
            "value": value,
            "text": f"{words.get(value) or value.replace('_', ' ').capitalize() if name != 'area' else words.get(value, value)} ({counts[value]:,})",
            "selected": value == asked[name],
        }
        for value in order
        if value in counts
    ]
    everything = {"value": "", "text": f"All ({len(found.lines):,})", "selected": not asked[name]}
    return [everything, *options]


def _areas(request: Request, service: Service, identity: Identity, served: ServedModel) -> Response:
    """How many of the list lie in each area that somebody may see, small counts withheld."""
    check_purpose(identity, str(served.model.about["purpose"]))
    with reading(service.engine) as connection:
        figures = find_figures(connection, "areas", served.approval.model, served.approval.version)
    counted = [] if figures is None else figures.found["areas"]
    areas = [area for area in counted if identity.sees_area(area["area"])]
    sees_all = identity.areas is None
    return page(
        request,
        "area_list.html",
        model=summary_of(served, service.today()),
        figures=figures,
        areas=areas,
        sees_all=sees_all,
        map=map_of(service.settings.state_dir, areas, is_whole=sees_all),
    )
