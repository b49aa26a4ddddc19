"""Two versions side by side, each by the report that its board read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from governance.approval.register import read_register
from hearth.errors import NotFoundError
from hearth.identity import Permission
from hearth.storage.engine import reading
from serving.pages.board import before_the_board
from serving.pages.render import page
from serving.pages.reported import GroupFigure, Headline
from serving.pages.visitor import signed_in
from serving.service import Service, service_of

router = APIRouter()


@router.get("/board/{model}/versions", dependencies=[Depends(signed_in(Permission.REPORT_READ))])
def show_side_by_side(
    request: Request,
    model: str,
    service: Annotated[Service, Depends(service_of)],
    left: Annotated[str, Query()] = "",
    right: Annotated[str, Query()] = "",
) -> Response:
    """Two versions of a model: the two submitted last where none are named."""
    with reading(service.engine) as connection:
        found = read_register(connection, today=service.today(), model=model)
    if not found:
        raise NotFoundError("no version of this model was put to the board")
    versions = [each.standing.version for each in found]
    second = right if right in versions else versions[0]
    others = [version for version in versions if version != second]
    first = left if left in versions else (others or versions)[0]
    pair = [before_the_board(service, model, version) for version in (first, second)]
    return page(
        request,
        "side_by_side.html",
        model=model,
        versions=versions,
        pair=pair,
        groups=_together(*(each.headline for each in pair)),
        dates=_dates(*(each.headline for each in pair)),
    )


def _together(
    first: Headline, second: Headline
) -> list[tuple[GroupFigure | None, GroupFigure | None]]:
    """Comparisons of two reports in pairs, by attribute, group and metric; None where one has none."""
    of_first, of_second = (
        {(each.attribute, each.group, each.metric): each for each in headline.groups}
        for headline in (first, second)
    )
    return [
        (of_first.get(key), of_second.get(key)) for key in dict.fromkeys([*of_first, *of_second])
    ]


def _dates(first: Headline, second: Headline) -> list[tuple[str, dict[int, object]]]:
    """Figures of each test date that either report holds."""
    splits = sorted({each.split for headline in (first, second) for each in headline.figures})
    return [
        (
            split,
            {
                place: figure
                for place, headline in enumerate((first, second))
                for figure in headline.figures
                if figure.split == split
            },
        )
        for split in splits
    ]
