"""Whether the service can answer: proved byte by byte, but at most once in a few seconds whoever asks."""

import asyncio
import math
import time
from datetime import date

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from hearth.audit_log import Clock
from serving.answers import Readiness
from serving.held import HeldRecords
from serving.scores.scoring import has_ended
from serving.scores.served_models import ServedModels, sunset_of
from serving.web.metrics import Metrics

PROOF_S = 5.0
"""Seconds a proof stands. Anybody may ask, and hashing every bundle each time would be a way to stop us."""

_NO_MODEL = (
    "no model is approved; submit one with `hearth submit`, and let another person approve it"
)


class ReadinessProof:
    """The last proof, made anew where it is too old or the records have changed; all who ask share it."""

    def __init__(self, held: HeldRecords, metrics: Metrics, clock: Clock) -> None:
        self._held, self._metrics, self._clock = held, metrics, clock
        self._proving = asyncio.Lock()
        self._found = Readiness(False, {})
        self._made_at = -math.inf
        self._generation = -1

    async def latest(self) -> Readiness:
        """Whether every approved bundle is as it was approved, and the records can be read."""
        if not self._stands():
            async with self._proving:
                if not self._stands():
                    self._found = await to_thread.run_sync(self._prove)
                    self._made_at = time.monotonic()
                    self._generation = self._held.current.generation
        return self._found

    def _stands(self) -> bool:
        is_recent = time.monotonic() - self._made_at < PROOF_S
        return is_recent and self._generation == self._held.current.generation

    def _prove(self) -> Readiness:
        found = self._read()
        self._metrics.proved(found.models, is_ready=found.ready)
        return found

    def _read(self) -> Readiness:
        try:
            self._held.prove()
        except SQLAlchemyError:
            return Readiness(False, {}, ("the records database cannot be read",))
        models = self._held.current.models
        ended = _ended(models, self._clock().date())
        if models.refused or len(models.versions) == len(ended):
            reasons = (*map(str, models.refused.values()), *ended) or (_NO_MODEL,)
            return Readiness(False, models.versions, reasons)
        return Readiness(True, models.versions, ended)


def _ended(models: ServedModels, today: date) -> tuple[str, ...]:
    """What is said of each approved model whose sunset has come: it stands in no other's way."""
    return tuple(
        f"{name} is no longer used from {sunset_of(one.model)} on; have it approved with a later sunset"
        for name, one in models.served.items()
        if has_ended(one.model, today)
    )
