"""The page that Prometheus reads: the numbers of all workers, on a port of its own."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from hearth.errors import StateError

_GAUGES = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


class AllWorkers(Collector):
    """Numbers of every worker, from the files they count in; gauges of the living alone.

    Parameters
    ----------
    folder
        Where the files are, for this service alone.
    living
        Gives the process ids of the workers.
    """

    def __init__(self, folder: Path, living: Callable[[], set[int]]) -> None:
        self._folder, self._living = folder, living

    def collect(self) -> Iterable[Metric]:
        """The numbers, summed."""
        living = self._living()
        for file in self._folder.iterdir():
            found = _GAUGES.fullmatch(file.name)
            if found is not None and int(found[1]) not in living:
                mark_process_dead(int(found[1]), str(self._folder))
        merged: Iterable[Metric] = MultiProcessCollector(None, str(self._folder)).collect()
        return merged


@contextmanager
def metrics_page(registry: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Shows what a registry holds while the service runs; nothing if the port is 0.

    Raises
    ------
    StateError
        If the port is taken.
    """
    if port == 0:
        yield
        return
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError:
        raise StateError(
            f"{host}:{port} cannot be listened on for metrics; another service may be there: "
            "set another HEARTH_METRICS_PORT, or 0 for none"
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
