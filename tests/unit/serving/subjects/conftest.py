"""Two subjects of whom something of every kind is held, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.identity import Role, create_key, subject_reference
from hearth.storage.engine import reading, writing
from hearth.storage.schema import (
    approvals,
    challenges,
    decisions,
    idempotency_keys,
    precomputations,
    precomputed_scores,
    scores,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine, Table

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2023, 11, 2, 9, 0, tzinfo=UTC)
MODEL = "school_readiness"
OURS, THEIRS = "100012345678", "100087654321"


@dataclass(frozen=True)
class Holding:
    """Records and feature store, and the log they are written with."""

    engine: Engine
    store: FeatureStore
    audit: AuditLog

    def count(self, table: Table, *conditions: Any) -> int:
        """Rows of a table."""
        with reading(self.engine) as connection:
            return int(
                connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
            )

    def score(self, entity_id: str | None, score_id: str, *, at: datetime = LONG_AGO) -> None:
        """A score on record, with what people did with it."""
        log = AuditLog(self.engine, lambda: at)
        with writing(self.engine) as connection:
            reference = entity_id and subject_reference(connection, MODEL, entity_id, at)
            connection.execute(
                insert(scores).values(
                    score_id=score_id,
                    model=MODEL,
                    version="3",
                    subject_ref=reference,
                    as_of=at.date(),
                    payload={"answer": {"marked": entity_id}, "values": {"moves": 3.0}},
                    created_at=at,
                    key_id="key1",
                )
            )
            connection.execute(
                insert(decisions).values(
                    decision_id=f"d{score_id}",
                    score_id=score_id,
                    outcome="override",
                    reason="marked reason",
                    considered="marked notes",
                    decided_at=at,
                    key_id="key1",
                    role="caseworker",
                )
            )
            connection.execute(
                insert(challenges).values(
                    challenge_id=f"c{score_id}",
                    score_id=score_id,
                    ground="inaccurate",
                    statement="marked statement",
                    state="open",
                    opened_at=at,
                    opened_by="key1",
                    acknowledge_by=date(2026, 12, 2),
                )
            )
            kept = {"key_id": "key1", "request_sha256": "0" * 64, "status": 201, "created_at": at}
            connection.execute(
                insert(idempotency_keys).values(
                    idempotency_key=f"one{score_id}", score_id=score_id, answer=b"marked", **kept
                )
            )
            connection.execute(
                insert(idempotency_keys).values(
                    idempotency_key=f"many{score_id}", answer=f'["{score_id}"]'.encode(), **kept
                )
            )
            log.append(
                "score.made",
                actor="key1",
                subject=reference,
                details={"score_id": score_id, "model": MODEL},
                connection=connection,
            )


@pytest.fixture
def holding(records: Engine, tmp_path: Path) -> Holding:
    """Two subjects, each with a score of three years ago, and one score of values alone."""
    store = FeatureStore(f"sqlite:///{tmp_path / 'store.db'}")
    made = Holding(records, store, AuditLog(records, lambda: NOW))
    rows = [(one, {"moves": 3.0}, {"link_confidence": 0.9}) for one in (OURS, THEIRS)]
    store.replace(MODEL, date(2026, 10, 1), rows, refreshed_on=date(2026, 10, 2))
    with writing(records) as connection:
        create_key(
            connection,
            "pepper",
            name="Early help",
            role=Role.CASEWORKER,
            actor="operator",
            audit=made.audit,
            now=NOW,
        )
        connection.execute(
            insert(approvals).values(
                model=MODEL,
                version="3",
                state="approved",
                bundle_sha256="0" * 64,
                matrix_sha256="0" * 64,
                report_sha256="0" * 64,
                submitted_by="a",
                submitted_at=NOW,
                decided_by="b",
                decided_by_role="board_member",
                decided_at=NOW,
                reason="Meets its bar.",
            )
        )
        connection.execute(
            insert(precomputations).values(
                precomputation_id="p1",
                model=MODEL,
                version="3",
                bundle_sha256="0" * 64,
                store_key="k",
                key_id="key1",
                started_at=LONG_AGO,
            )
        )
        for entity_id, score_id in ((OURS, "ours"), (THEIRS, "theirs")):
            connection.execute(
                insert(precomputed_scores).values(
                    precomputation_id="p1", entity_id=entity_id, score_id=score_id
                )
            )
    made.score(OURS, "ours")
    made.score(THEIRS, "theirs")
    made.score(None, "nobody")
    return made
