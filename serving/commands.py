"""Running the service, as `hearth serve` does."""

import gc
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from hearth.audit_log import Clock
from hearth.errors import StateError
from hearth.settings import Settings, count_in
from serving.app import create_app
from serving.tree_shap.machine_code import ready_kernel
from serving.web.connections import TimedProtocol
from serving.web.logs import configure_logs
from serving.web.metrics_page import AllWorkers, metrics_page
from serving.workers import Workers, exit_cleanly_on_sigterm

_DRAIN_S = 10  # requests under way when the service is told to stop have this long
_IDLE_S = (
    75  # longer than a reverse proxy keeps an idle connection, so that it never uses one we closed
)
_START_S = 60  # a worker that imports LightGBM on a busy machine is slow, not dead

_OBJECTS_BETWEEN_COLLECTIONS = 10_000  # a batch makes thousands that are gone by themselves


@dataclass(frozen=True)
class AppFactory:
    """Makes the app within each worker, after it has started: nothing crosses a fork."""

    values: dict[str, Any]
    clock: Clock
    registry: CollectorRegistry | None = None
    """Where a service of one process counts; each of several counts in files."""

    def __call__(self) -> FastAPI:
        """The app, its logs configured."""
        settings = Settings(**self.values)
        configure_logs(settings.log_level)
        app = create_app(settings, self.clock, registry=self.registry)
        gc.collect()
        gc.freeze()  # what is imported stays: it is not gone through again while requests are answered
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        return app


def serve(
    settings: Settings,
    clock: Clock,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    announce: Callable[[str], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Answers until told to stop.

    Parameters
    ----------
    settings
        Of the workspace served.
    clock
        Tells the time; a function of a module, since every worker is given it.
    host, port
        Where to listen; the settings' own if None. Port 0 takes any free one.
    workers
        Processes that answer, each started afresh (spawn) and each with models of its own.
    announce
        Called with the service's address once callers may use it.
    say
        Told of what takes long before that.

    Raises
    ------
    StateError
        If the address is taken, or the service cannot start.
    """
    registry = CollectorRegistry() if workers == 1 else None
    config = uvicorn.Config(
        AppFactory(settings.model_dump(), clock, registry),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        workers=workers,
        factory=True,
        http=TimedProtocol,
        access_log=False,  # it would write paths as they were sent
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_DRAIN_S,
        timeout_worker_healthcheck=_START_S,
    )
    configure_logs(settings.log_level)
    exit_cleanly_on_sigterm()
    with closing(_take_address(config)) as listening, suppress(KeyboardInterrupt):
        ready_kernel(settings.state_dir, say)
        if announce is not None:
            address, taken = listening.getsockname()[:2]
            announce(f"http://{address}:{taken}")
        if registry is None:
            _run_workers(config, listening, settings.metrics_port)
        else:
            with metrics_page(registry, config.host, settings.metrics_port):
                _run_alone(config, listening)


def _take_address(config: uvicorn.Config) -> socket.socket:
    """The socket of the address asked for, listening from now on, so that early callers only wait."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        listening = socket.create_server(
            (config.host, config.port), family=family, backlog=config.backlog
        )
    except OSError:
        raise StateError(
            f"{config.host}:{config.port} cannot be listened on; another service may be there: "
            "stop it, or give another --port"
        ) from None
    listening.set_inheritable(True)  # workers are given it
    return listening


def _run_workers(config: uvicorn.Config, listening: socket.socket, metrics_port: int) -> None:
    workers = Workers(config, sockets=[listening])
    registry = CollectorRegistry()
    with TemporaryDirectory(prefix="hearth-metrics-") as folder:
        count_in(Path(folder))
        registry.register(AllWorkers(Path(folder), workers.living))
        with metrics_page(registry, config.host, metrics_port):
            workers.run()
    if not workers.has_started():
        raise StateError("a worker could not start; what stopped it is in the log above")


def _run_alone(config: uvicorn.Config, listening: socket.socket) -> None:
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise StateError("the service could not start; what stopped it is in the log above")
