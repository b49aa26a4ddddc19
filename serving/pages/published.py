"""Files that were put before the board or laid open: reports, their tables, and transparency records."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from governance.approval.standing import need_standing
from hearth.errors import NotFoundError
from hearth.identity import Permission
from hearth.storage.engine import reading
from hearth.storage.publications import (
    REGISTER,
    find_publication,
    need_publication,
    transparency_folder,
)
from hearth.storage.published import read_report
from serving.pages.render import page
from serving.pages.reported import REPORT
from serving.pages.self_contained import self_contained
from serving.pages.visitor import signed_in
from serving.service import Service, service_of

router = APIRouter()

_readers = Depends(signed_in(Permission.REPORT_READ))
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
}


@router.get("/board/{model}/v{version}/report", dependencies=[_readers])
def show_report(
    model: str, version: str, service: Annotated[Service, Depends(service_of)]
) -> Response:
    """The fairness report as it was submitted, byte for byte."""
    return _file(_report(service, model, version), REPORT)


@router.get("/board/{model}/v{version}/report/{path:path}", dependencies=[_readers])
def give_report_file(
    model: str, version: str, path: str, service: Annotated[Service, Depends(service_of)]
) -> Response:
    """One file of the report: its PDF, its figures as JSON, a table as CSV."""
    return _file(_report(service, model, version), path)


@router.get("/board/{model}/v{version}/records/{path}", dependencies=[_readers])
def show_record(
    model: str, version: str, path: str, service: Annotated[Service, Depends(service_of)]
) -> Response:
    """One published record of a version: transparency record, notice, equality duty, DPIA draft."""
    with reading(service.engine) as connection:
        files = need_publication(connection, transparency_folder(model, version)).files
    return _file(dict(files), path)


@router.get("/sources", dependencies=[_readers])
def show_sources(request: Request, service: Annotated[Service, Depends(service_of)]) -> Response:
    """The register of sources, as it was last published; how to publish it where it never was."""
    with reading(service.engine) as connection:
        found = find_publication(connection, REGISTER)
    return (
        page(request, "no_sources.html")
        if found is None
        else _file(dict(found.files), "register.html")
    )


def _report(service: Service, model: str, version: str) -> dict[str, bytes]:
    with reading(service.engine) as connection:
        standing = need_standing(connection, model, version)
        return dict(read_report(connection, model, version, standing.hashes.report))


def _file(files: dict[str, bytes], path: str) -> Response:
    if path not in files:
        raise NotFoundError("no file of this name was published")
    kind = path.rpartition(".")[2]
    if kind == "html":
        return self_contained(files[path])
    name = path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        files[path], HTTPStatus.OK, headers, media_type=_TYPES.get(kind, "application/octet-stream")
    )
