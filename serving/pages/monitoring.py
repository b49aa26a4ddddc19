"""The monitoring page of a model: what people make of its scores, what drifted, and how many days are left."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from governance.report.charts import Axis, Row, interval_chart
from hearth.identity import Permission
from hearth.kept_figures import find_figures
from hearth.periods import Period
from hearth.storage.engine import reading
from serving.pages.render import page
from serving.pages.visitor import signed_in
from serving.routes.common import model_name
from serving.routes.models import summary_of
from serving.scores.served_models import ServedModel, sunset_of
from serving.service import Service, service_of

router = APIRouter()


@router.get("/models/{model}/monitoring", dependencies=[Depends(signed_in(Permission.REPORT_READ))])
def show_monitoring(
    request: Request,
    model: Annotated[str, Depends(model_name)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """What `hearth oversight` gathered last, with its day, and the days left as of today."""
    served, today = service.models.get(model), service.today()
    with reading(service.engine) as connection:
        figures = find_figures(connection, "oversight", model, served.approval.version)
    use = None if figures is None else figures.found["use"]
    tables = [] if use is None else use["tables"]
    return page(
        request,
        "monitoring.html",
        model=summary_of(served, today),
        figures=figures,
        use=use,
        drift=None if figures is None else figures.found["drift"],
        tables=[{**table, "chart": _chart(table)} for table in tables],
        days=list(_days_left(served, today)),
    )


def _days_left(served: ServedModel, today: date) -> Iterator[dict[str, Any]]:
    """Each day that ends the use of a version or asks for a new look, and how far off it is now."""
    review_every = served.model.about.get("oversight", {}).get("review_every")
    review_on = served.approval.review_on or (
        Period.parse(review_every).after(served.approval.decided_at.date())
        if review_every
        else None
    )
    for title, day in (("Use ends", sunset_of(served.model)), ("To be reviewed", review_on)):
        if day is not None:
            yield {"title": title, "day": day, "left": (day - today).days}


def _chart(table: Mapping[str, Any]) -> Markup | None:
    """Override rates with their intervals as SVG; None where every rate is withheld."""
    rows = [_row(row) for row in table["rows"]]
    if all(row.value is None for row in rows):
        return None
    title = table["title"].lower()
    drawn = interval_chart(
        f"use-{'-'.join(title.split())}",
        f"Share of scores overridden, by {title}",
        "One row a group: the point is the share, the line its 95% interval. The table below gives "
        "the same figures.",
        rows,
        Axis("Share of scores overridden"),
    )
    return Markup(drawn.svg)  # noqa: S704 our own drawing, in which every text is escaped


def _row(row: Mapping[str, Any]) -> Row:
    rate = row["override_rate"]
    said = rate["mark"] if rate["value"] is None else f"{100 * rate['value']:.1f}%"
    return Row(row["group"].replace("_", " "), rate["value"], rate["low"], rate["high"], said)
