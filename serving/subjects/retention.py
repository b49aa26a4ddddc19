"""What is past its time: of each model, by kind, and under no legal hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from hearth.audit_log.erasure import ERASED
from hearth.periods import Period
from hearth.storage.schema import (
    audit_entries,
    audit_payloads,
    idempotency_keys,
    precomputations,
    precomputed_scores,
    scores,
    subject_references,
)
from serving.subjects.holds import HeldPart

KEYS_KEPT = timedelta(hours=24)
"""How long an answer is kept so that a request sent twice is answered alike."""

_SCORED = ("score.%", "scores.%", "challenge.%")


@dataclass(frozen=True)
class Rule:
    """How long what a model made is kept, and whose rule that is."""

    model: str
    keep: Period
    origin: str

    def cutoff(self, now: datetime) -> datetime:
        """What is older than this goes."""
        return datetime.combine(self.keep.before(now.date()), time.min, UTC)


def overdue(rule: Rule, part: HeldPart, now: datetime) -> dict[str, Select[Any]]:
    """Keys of what is past its time and under no hold, by kind, in the order in which they go."""
    cutoff = rule.cutoff(now)
    is_free = or_(scores.c.subject_ref.is_(None), scores.c.subject_ref.not_in(part.references))
    old_scores = select(scores.c.score_id).where(
        scores.c.model == rule.model,
        scores.c.created_at < cutoff,
        scores.c.erased_by.is_(None),
        is_free,
    )
    old_payloads = (
        select(audit_payloads.c.sequence)
        .join(audit_entries, audit_entries.c.sequence == audit_payloads.c.sequence)
        .where(
            audit_entries.c.recorded_at < cutoff,
            audit_entries.c.action != ERASED,
            audit_payloads.c.erased_by.is_(None),
            or_(
                audit_payloads.c.subject.in_(_references(rule.model)),
                _names_model(rule.model),
            ),
            or_(
                audit_payloads.c.subject.is_(None),
                audit_payloads.c.subject.not_in(part.references),
            ),
        )
        .order_by(audit_payloads.c.sequence)
    )
    old_answers = (
        select(precomputed_scores.c.score_id)
        .join(precomputations)
        .where(
            precomputations.c.model == rule.model,
            precomputations.c.started_at < cutoff,
            precomputed_scores.c.entity_id.not_in(part.entities),
        )
    )
    return {
        "scores": old_scores,
        "log_payloads": old_payloads,
        "made_beforehand": old_answers,
        "references": _unused(rule.model, cutoff, part),
    }


def _references(model: str) -> Select[Any]:
    return select(subject_references.c.reference).where(subject_references.c.model == model)


def _names_model(model: str) -> ColumnElement[bool]:
    """Entries about scores of values that came without a subject: their details name the model."""
    named = audit_payloads.c.details.like(f'%"model":"{model.replace("_", "!_")}"%', escape="!")
    is_scored = or_(*(audit_entries.c.action.like(action) for action in _SCORED))
    return and_(audit_payloads.c.subject.is_(None), is_scored, named)


def _unused(model: str, cutoff: datetime, part: HeldPart) -> Select[Any]:
    """References that neither a score with its payload nor an entry with its own bears any more."""
    bears = select(scores.c.score_id).where(
        scores.c.model == model,
        scores.c.subject_ref == subject_references.c.reference,
        scores.c.erased_by.is_(None),
    )
    tells = select(audit_payloads.c.sequence).where(
        audit_payloads.c.subject == subject_references.c.reference
    )
    return _references(model).where(
        subject_references.c.created_at < cutoff,
        ~bears.exists(),
        ~tells.exists(),
        subject_references.c.entity_id.not_in(part.entities),
    )


def is_old_key(now: datetime) -> ColumnElement[bool]:
    """Whether an answer kept for replay is past its time."""
    return idempotency_keys.c.created_at < now - KEYS_KEPT
