"""What every request may use: made once, when the app starts, and given to routes by name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from sqlalchemy import Engine

from features.store import FeatureStore
from hearth.audit_log import AuditWriter, Clock
from hearth.settings import Settings
from serving.held import HeldRecords
from serving.readiness import ReadinessProof
from serving.scores.served_models import ServedModels
from serving.web.metrics import Metrics
from serving.web.rate_limits import RateLimits

if TYPE_CHECKING:
    from serving.web.tokens import TokenDoor


@dataclass(frozen=True)
class Service:
    """Settings, clock, records, feature store, what is held of the records, the audit writer and what is counted."""

    settings: Settings
    clock: Clock
    engine: Engine
    store: FeatureStore
    held: HeldRecords
    writer: AuditWriter
    metrics: Metrics
    readiness: ReadinessProof
    limits: RateLimits
    tokens: "TokenDoor | None"

    @property
    def models(self) -> ServedModels:
        """Models in use, as they are held."""
        return self.held.current.models

    @property
    def pepper(self) -> str:
        """Secret mixed into stored keys, session cookies and pseudonyms."""
        return self.settings.api_key_pepper.get_secret_value()

    def now(self) -> datetime:
        """The moment, by the service's clock."""
        return self.clock()

    def today(self) -> date:
        """The day, by the service's clock."""
        return self.clock().date()


def service_of(request: Request) -> Service:
    """The service a request came to."""
    service: Service = request.app.state.service
    return service
