"""Running the service, as `hearth serve` does."""

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from hearth.audit_log import Clock
from hearth.errors import StateError
from hearth.settings import Settings
from serving.app import create_app
from serving.web.logs import configure_logs

_DRAIN_S = 10  # requests under way when the service is told to stop have this long
_START_S = 60  # a worker that imports LightGBM on a busy machine is slow, not dead


@dataclass(frozen=True)
class AppFactory:
    """Makes the app within each worker, after it has started: nothing crosses a fork."""

    values: dict[str, Any]
    clock: Clock

    def __call__(self) -> FastAPI:
        """The app, its logs configured."""
        settings = Settings(**self.values)
        configure_logs(settings.log_level)
        return create_app(settings, self.clock)


def serve(
    settings: Settings,
    clock: Clock,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    announce: Callable[[str], None] | None = None,
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

    Raises
    ------
    StateError
        If the address is taken, or the service cannot start.
    """
    config = uvicorn.Config(
        AppFactory(settings.model_dump(), clock),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        workers=workers,
        factory=True,
        access_log=False,  # it would write paths as they were sent
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_S,
        timeout_worker_healthcheck=_START_S,
    )
    with closing(_take_address(config)) as listening, suppress(KeyboardInterrupt):
        if announce is not None:
            address, taken = listening.getsockname()[:2]
            announce(f"http://{address}:{taken}")
        if workers > 1:
            Multiprocess(config, sockets=[listening]).run()
        else:
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


def _run_alone(config: uvicorn.Config, listening: socket.socket) -> None:
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise StateError("the service could not start; what stopped it is in the log above")
