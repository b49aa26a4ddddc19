"""The app: routes of the API and of the pages around one service."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Response
from prometheus_client import CollectorRegistry
from starlette.staticfiles import StaticFiles

from features.store import FeatureStore
from hearth.audit_log import AuditWriter, Clock
from hearth.settings import Settings
from hearth.storage.database import open_records
from serving.held import HeldRecords
from serving.pages import (
    account,
    api,
    board,
    challenges,
    data_quality,
    models,
    monitoring,
    published,
    scores,
    side_by_side,
    training,
    work,
)
from serving.readiness import ReadinessProof
from serving.routes.common import json_response
from serving.service import Service
from serving.tree_shap.machine_code import load_kernel
from serving.web import openapi
from serving.web.authentication import identify, token_door
from serving.web.checkpoints import open_keeper
from serving.web.expiry import expiring
from serving.web.failures import add_handlers
from serving.web.idempotency import purging
from serving.web.limits import LimitMiddleware
from serving.web.metrics import Metrics
from serving.web.middleware import SurroundMiddleware
from serving.web.plain_route import PlainRoute, PlainRoutesFirst
from serving.web.rate_limits import RateLimits

STATIC = Path(__file__).parent / "pages" / "static"
_NO_TELEMETRY: Any = dict.fromkeys(("tracing", "metrics", "logs", "auto_configure"), False)
"""FastAPI's own, which would send paths elsewhere wherever the environment says so."""

PAGES = (
    account,
    api,
    models,
    monitoring,
    work,
    scores,
    challenges,
    side_by_side,
    board,
    published,
    training,
    data_quality,
)


def create_app(
    settings: Settings,
    clock: Clock,
    *,
    registry: CollectorRegistry | None = None,
    open_writer: Callable[..., AuditWriter] = AuditWriter,
) -> FastAPI:
    """The service of a workspace, ready to be run by a server.

    Models come from the records database alone: the bundle of each approval in force, proved byte by
    byte, loaded when the app starts and again whenever it changes. Nothing is read from MLflow.

    Parameters
    ----------
    settings
        Where records and feature store are, and the pepper.
    clock
        Tells the time, with its offset.
    registry
        Where what the service counts is read from; one of its own if None.
    open_writer
        Makes the audit writer; a benchmark gives one that records nothing.
    """
    metrics = Metrics(CollectorRegistry() if registry is None else registry)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_records(settings.records_url)
        with (
            open_keeper(settings, engine, clock) as keeper,
            open_writer(engine, clock, on_commit=metrics.committed, on_head=keeper.note) as writer,
            HeldRecords(engine, load_kernel(settings.state_dir)) as held,
        ):
            app.state.service = Service(
                settings=settings,
                clock=clock,
                engine=engine,
                store=FeatureStore(settings.store_url),
                held=held,
                writer=writer,
                metrics=metrics,
                readiness=ReadinessProof(held, metrics, clock),
                limits=RateLimits(settings.requests_a_minute, settings.failures_a_minute),
                tokens=token_door(settings),
            )
            async with purging(engine, clock), expiring(engine, clock):
                yield
        engine.dispose()

    app = FastAPI(
        title=openapi.TITLE,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=_NO_TELEMETRY,
    )
    app.state.metrics = metrics
    routes = [route for router in openapi.ROUTERS for route in router.routes]
    plain = [route for route in routes if isinstance(route, PlainRoute)]
    app.add_middleware(PlainRoutesFirst, routes=plain)
    app.add_middleware(LimitMiddleware)
    app.add_middleware(SurroundMiddleware, metrics=metrics)
    add_handlers(app)
    app.router.routes.extend(routes)  # each is whole; including them costs every request
    _add_openapi(app)
    for pages in PAGES:
        app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _add_openapi(app: FastAPI) -> None:
    """The OpenAPI document, for whoever holds a key."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi.document(app)
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]  # FastAPI's own way to replace it

    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(identify)])
    def show_openapi() -> Response:
        return json_response(made())
