"""How good the data are, for data scientists: a line a source, and each source's own report."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from hearth.errors import NotFoundError
from hearth.identity import Permission
from serving.pages.kept import quality_page, sources_held
from serving.pages.paging import links_to, page_of
from serving.pages.render import page
from serving.pages.self_contained import self_contained
from serving.pages.visitor import signed_in
from serving.service import Service, service_of

router = APIRouter(dependencies=[Depends(signed_in(Permission.MODEL_SUBMIT))])

_Service = Annotated[Service, Depends(service_of)]
ASKING = "asking"
LONGEST_SEARCH = 60


@router.get("/data-quality")
def show_sources(
    request: Request,
    service: _Service,
    show: str = "",
    name: str = "",
    number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Every source of which an extract is held or was refused, those to look at first."""
    held = sources_held(service.settings.state_dir)
    name = name.strip()[:LONGEST_SEARCH]
    wanted = name.lower().replace(" ", "_")
    found = [each for each in held if wanted in each.name and (show != ASKING or each.asks)]
    shown = page_of(found, number)
    return page(
        request,
        "data_quality.html",
        shown=shown,
        links=links_to(shown, "/data-quality", {"show": show, "name": name}),
        has_any=bool(held),
        is_asking=show == ASKING,
        name=name,
    )


@router.get("/data-quality/{source}")
def show_source(source: str, service: _Service) -> Response:
    """The quality report of a source, as ingestion wrote it: totals and shares, no row's values."""
    state_dir = service.settings.state_dir
    known = {each.name for each in sources_held(state_dir)}
    report = quality_page(state_dir, source) if source in known else None
    if report is None:
        raise NotFoundError("no quality report of this source is kept")
    return self_contained(report)
