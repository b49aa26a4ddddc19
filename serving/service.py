"""What every request may use: made once, when the app starts, and given to routes by name."""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Request
from sqlalchemy import Engine

from features.store import FeatureStore
from hearth.audit_log import AuditWriter, Clock
from hearth.identity import subject_reference
from hearth.settings import Settings
from hearth.storage.engine import writing
from serving.scores.served_models import ServedModels
from serving.web.metrics import Metrics


@dataclass(frozen=True)
class Service:
    """Settings, clock, records, feature store, models in use, the audit writer and what is counted."""

    settings: Settings
    clock: Clock
    engine: Engine
    store: FeatureStore
    models: ServedModels
    writer: AuditWriter
    metrics: Metrics

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

    def pseudonym_of(self, model: str, entity_id: str) -> str:
        """Random reference of a subject within a model, the same until it is erased.

        Two models give one subject two references, so that logs cannot be joined on them.
        """
        with writing(self.engine) as connection:
            return subject_reference(connection, model, entity_id, self.now())


def service_of(request: Request) -> Service:
    """The service a request came to."""
    service: Service = request.app.state.service
    return service
