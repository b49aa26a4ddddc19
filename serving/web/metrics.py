"""What the service counts of itself for Prometheus: routes, codes and versions; never a path or a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_EVENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE = "none"


class Metrics:
    """The numbers of one worker.

    Every label has few values: templates of routes, statuses, our own codes, approved versions.

    Parameters
    ----------
    registry
        Where they are read from; one an app.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Histogram(
            "hearth_request_seconds",
            "Time from a request's head to the end of its answer; the count is that of requests.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._scores = Counter(
            "hearth_scores", "Scores put on record.", ("model", "version"), registry=registry
        )
        self._problems = Counter(
            "hearth_problems",
            "Requests refused, by the code of the problem.",
            ("code",),
            registry=registry,
        )
        self._strangers = Counter(
            "hearth_authentication_failures",
            "Requests whose key or token did not work, by reason.",
            ("reason",),
            registry=registry,
        )
        self._commits = Histogram(
            "hearth_audit_commit_seconds",
            "Time of one transaction of the audit writer.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._batches = Histogram(
            "hearth_audit_commit_events",
            "Events in one transaction of the audit writer.",
            buckets=_EVENTS,
            registry=registry,
        )
        self._waiting = Gauge(
            "hearth_audit_waiting",
            "Events that waited for the audit writer as it last began a transaction.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._ready = Gauge(
            "hearth_ready",
            "1 if every approved model is served and the records can be read, as last proved.",
            multiprocess_mode="livemostrecent",
            registry=registry,
        )
        self._served = Gauge(
            "hearth_model_served",
            "1 for the version of each model in use, 0 for one that was.",
            ("model", "version"),
            multiprocess_mode="livemostrecent",
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], Histogram] = {}
        self._made: dict[tuple[str, str], Counter] = {}
        self._versions: dict[str, str] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered; `route` is a template, or empty where none matched."""
        key = (method, route, status)
        found = self._known.get(key)
        if found is None:
            named = method if method in _METHODS else _NO_ROUTE
            found = self._requests.labels(named, route or _NO_ROUTE, str(status))
            if named is method:  # what a client makes up is not kept
                self._known[key] = found
        found.observe(seconds)

    def scored(self, model: str, version: str, scores: int = 1) -> None:
        """Scores of a version were put on record."""
        key = (model, version)
        if key not in self._made:
            self._made[key] = self._scores.labels(model, version)
        self._made[key].inc(scores)

    def refused(self, code: str) -> None:
        """A request was answered with a problem of this code."""
        self._problems.labels(code).inc()

    def unknown(self, reason: str) -> None:
        """A key or token did not work, for a reason that the client is not told."""
        self._strangers.labels(reason).inc()

    def committed(self, events: int, seconds: float, waiting: int) -> None:
        """The audit writer ended a transaction of so many events, while others waited."""
        self._commits.observe(seconds)
        self._batches.observe(events)
        self._waiting.set(waiting)

    def proved(self, versions: dict[str, str], *, is_ready: bool) -> None:
        """These versions are in use, by model, and the service is ready or not."""
        self._ready.set(is_ready)
        for model, version in self._versions.items() - versions.items():
            self._served.labels(model, version).set(0)
        for model, version in versions.items():
            self._served.labels(model, version).set(1)
        self._versions = dict(versions)
