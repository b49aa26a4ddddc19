"""Retention: what has been kept as long as its rule allows is erased, some at a time, unless a hold is over it.

References
----------
UK GDPR, article 5(1)(e).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, select

from features.store import FeatureStore
from hearth.audit_log import AuditEntry, AuditLog, Event, append, erase_payloads
from hearth.audit_log.chain import lock_chain
from hearth.progress import Progress, silent
from hearth.storage.engine import clear_side_file, reading, writing
from hearth.storage.schema import idempotency_keys, precomputed_scores, subject_references
from serving.subjects.erasure import erase_scores
from serving.subjects.holds import HeldPart, holds_in_force
from serving.subjects.retention import Rule, is_old_key, overdue

PURGED = "records.purged"
"""Action of the entry that a certificate is made from."""

SCORES_ERASED = "score_payloads.erased"
"""Action of the entry that stands for scores whose payload is gone."""

_AT_ONCE = 500  # rows of one transaction: the log is locked only so long


@dataclass(frozen=True)
class Purged:
    """What a purge erased, or would erase, by model and kind; and what holds kept of it."""

    erased: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    tombstone: AuditEntry | None = None

    @property
    def total(self) -> int:
        """Rows of all models and kinds."""
        return sum(sum(kinds.values()) for kinds in self.erased.values())


def count_purge(
    engine: Engine, store: FeatureStore, rules: Sequence[Rule], now: datetime
) -> Purged:
    """What `purge` would erase now, but for references that nothing bears afterwards; nothing is changed."""
    with reading(engine) as connection:
        holds = holds_in_force(connection)
        parts = [(rule, HeldPart.of(connection, holds, rule.model)) for rule in rules]
        erased = {r.model: _count(connection, store, r, part, now) for r, part in parts}
        held = {r.model: _count_held(connection, part, r, now) for r, part in parts}
        keys = connection.scalar(select(func.count()).where(is_old_key(now))) or 0
    return Purged(_present({**erased, "": {"idempotency_keys": keys}}), _only(held))


def purge(
    engine: Engine,
    store: FeatureStore,
    rules: Sequence[Rule],
    *,
    actor: str,
    audit: AuditLog,
    now: datetime,
    progress: Progress = silent,
) -> Purged:
    """What was erased, once it is on record.

    Each few hundred rows are one transaction with a tombstone of its own, so that nobody waits long
    for the log; stopped half way, the same call goes on with the rest. The last entry counts what
    this call erased. Called again, it finds nothing and records nothing.

    Parameters
    ----------
    engine, store
        The records database and the feature store.
    rules
        How long each model's scores, log payloads, stored inputs and scores made beforehand are kept.
        Answers kept for replay go after 24 hours, whichever models are named.
    progress
        Told of rows as they go.
    """
    expected = count_purge(engine, store, rules, now)
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done += rows
        progress("purging", done, max(done, expected.total))

    with writing(engine) as connection:
        keys = connection.execute(delete(idempotency_keys).where(is_old_key(now))).rowcount
    tell(keys)
    found = {
        rule.model: _Purge(
            engine=engine, store=store, rule=rule, actor=actor, now=now, tell=tell
        ).run()
        for rule in rules
    }
    erased = _present({**found, "": {"idempotency_keys": keys}})
    if not erased:
        return Purged(held=expected.held)
    with writing(engine) as connection:
        details = {
            "erased": erased,
            "held": expected.held,
            "rules": [
                {"model": rule.model, "keep": str(rule.keep), "origin": rule.origin}
                for rule in rules
            ],
        }
        tombstone = audit.append(PURGED, actor=actor, details=details, connection=connection)
    clear_side_file(engine)
    return Purged(erased, expected.held, tombstone)


@dataclass(frozen=True, kw_only=True)
class _Purge:
    """The purge of one model, some rows at a time."""

    engine: Engine
    store: FeatureStore
    rule: Rule
    actor: str
    now: datetime
    tell: Callable[[int], None]

    def run(self) -> dict[str, int]:
        """Rows erased, by kind."""
        erased: Counter[str] = Counter()
        for kind, erase in self._erasers().items():
            while rows := self._some(kind, erase):
                erased[kind] += rows
                self.tell(rows)
        with reading(self.engine) as connection:
            part = HeldPart.of(connection, holds_in_force(connection), self.rule.model)
        if not part.is_whole:
            gone = _old_inputs(self.store, self.rule, part, self.now)
            erased["inputs"] = self.store.forget(gone, model=self.rule.model)
            self.tell(erased["inputs"])
        return dict(erased)

    def _some(self, kind: str, erase: Callable[[Connection, Sequence[Any]], None]) -> int:
        """Rows of one kind that went in one transaction; holds are read within it."""
        with writing(self.engine) as connection:
            lock_chain(connection)
            part = HeldPart.of(connection, holds_in_force(connection), self.rule.model)
            if part.is_whole:
                return 0
            query = overdue(self.rule, part, self.now)[kind]
            keys = connection.scalars(query.limit(_AT_ONCE)).all()
            if keys:
                erase(connection, keys)
        return len(keys)

    def _erasers(self) -> dict[str, Callable[[Connection, Sequence[Any]], None]]:
        return {
            "made_beforehand": self._erase_precomputed,
            "scores": self._erase_scores,
            "log_payloads": self._erase_payloads,
            "references": self._erase_references,
        }

    def _erase_precomputed(self, connection: Connection, keys: Sequence[str]) -> None:
        connection.execute(
            delete(precomputed_scores).where(precomputed_scores.c.score_id.in_(keys))
        )

    def _erase_scores(self, connection: Connection, keys: Sequence[str]) -> None:
        details = {"model": self.rule.model, "scores": len(keys), "reason": self.rule.origin}
        event = Event(SCORES_ERASED, self.actor, details=details)
        erase_scores(connection, keys, append(connection, event, self.now).sequence)

    def _erase_payloads(self, connection: Connection, keys: Sequence[int]) -> None:
        reason = self.rule.origin
        erase_payloads(connection, keys, actor=self.actor, reason=reason, now=self.now)

    def _erase_references(self, connection: Connection, keys: Sequence[str]) -> None:
        connection.execute(
            delete(subject_references).where(subject_references.c.reference.in_(keys))
        )


def _count(
    connection: Connection, store: FeatureStore, rule: Rule, part: HeldPart, now: datetime
) -> dict[str, int]:
    if part.is_whole:
        return {}
    kinds = {
        kind: _rows(connection, query)
        for kind, query in overdue(rule, part, now).items()
        if kind != "references"  # which of them nothing bears is known once the rest is gone
    }
    return kinds | {"inputs": len(_old_inputs(store, rule, part, now))}


def _count_held(connection: Connection, part: HeldPart, rule: Rule, now: datetime) -> int:
    """Scores that are old enough to go, and that a hold keeps."""
    old = _rows(connection, overdue(rule, HeldPart(), now)["scores"])
    return old if part.is_whole else old - _rows(connection, overdue(rule, part, now)["scores"])


def _rows(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0


def _old_inputs(store: FeatureStore, rule: Rule, part: HeldPart, now: datetime) -> list[str]:
    """Subjects whose row in the feature store is as of a day past its time."""
    refresh = store.refresh_of(rule.model)
    if refresh is None or refresh.as_of >= rule.cutoff(now).date():
        return []
    return [entity for entity, _ in store.rows(rule.model) if entity not in part.entities]


def _present(found: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    named = {model: _only(kinds) for model, kinds in found.items()}
    return {model: kinds for model, kinds in named.items() if kinds}


def _only(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
