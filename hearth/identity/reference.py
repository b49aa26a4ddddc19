"""References to subjects: random, kept in a table of the records, and nobody's once their row is erased."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from hearth.audit_log import Row
from hearth.audit_log.chain import lock_chain
from hearth.storage.engine import reading
from hearth.storage.schema import subject_references

_BYTES = 16  # 128 random bits, as a person's pseudonym has
_AT_ONCE = 500  # subjects in one query
_MOST_HELD = 50_000
_TABLE = subject_references


@dataclass(frozen=True)
class Reference:
    """How logs and answers name a subject within a scope.

    Attributes
    ----------
    text
        32 random hexadecimal digits.
    row
        To be inserted with the first entry that uses it; None where it is on record already. Whoever
        comes second with a row for the same subject fails with `OutdatedError` and finds the first's.
    """

    text: str
    row: Row | None = None


class SubjectReferences:
    """References as of one generation, held in memory once they were found in the records.

    Erasing a reference raises the generation, and whatever rests on an earlier one is not written:
    make a new one of these with each generation.
    """

    def __init__(self, engine: Engine, *, most_held: int = _MOST_HELD) -> None:
        self._engine = engine
        self._most_held = most_held
        self._held: dict[tuple[str, str], Reference] = {}

    def held(self, scope: str, entity_id: str) -> Reference | None:
        """Reference of a subject that was found before, without a query."""
        return self._held.get((scope, entity_id))

    def of(self, scope: str, entity_id: str, now: datetime) -> Reference:
        """Reference of one subject; drawn where it has none."""
        return self.held(scope, entity_id) or self.of_all(scope, [entity_id], now)[entity_id]

    def of_all(
        self, scope: str, entity_ids: Collection[str], now: datetime
    ) -> Mapping[str, Reference]:
        """Reference of each subject; drawn for those that have none, each with the row that keeps it.

        Parameters
        ----------
        scope
            What they are for, such as a model's name: two scopes give one subject two references, so
            that logs cannot be joined on them.
        entity_ids
            The subjects' own numbers, which the references do not give away.
        now
            When those that are new are drawn.
        """
        wanted = list(dict.fromkeys(entity_ids))
        known = {one: held for one in wanted if (held := self.held(scope, one)) is not None}
        unknown = [one for one in wanted if one not in known]
        if not unknown:
            return known
        with reading(self._engine) as connection:
            known_texts = _known(connection, scope, unknown)
        found = {one: Reference(text) for one, text in known_texts.items()}
        self._hold(scope, found)
        drawn = {one: _drawn(scope, one, now) for one in unknown if one not in found}
        return {**known, **found, **drawn}

    def _hold(self, scope: str, found: Mapping[str, Reference]) -> None:
        if len(self._held) + len(found) > self._most_held:
            self._held.clear()
        self._held.update({(scope, one): reference for one, reference in found.items()})


def subject_reference(connection: Connection, scope: str, entity_id: str, now: datetime) -> str:
    """Reference of a subject, drawn and kept in the caller's transaction where it has none.

    Parameters
    ----------
    connection
        In a transaction that writes; the audit chain is locked from here until it ends.
    scope, entity_id, now
        As `SubjectReferences.of_all` takes them.
    """
    lock_chain(connection)
    known = _known(connection, scope, [entity_id])
    if known:
        return known[entity_id]
    drawn = _drawn(scope, entity_id, now)
    connection.execute(insert(_TABLE).values(_values(scope, entity_id, drawn.text, now)))
    return drawn.text


def entity_of(connection: Connection, reference: str) -> str | None:
    """Subject behind a reference; None once its row is erased."""
    found: str | None = connection.scalar(
        select(_TABLE.c.entity_id).where(_TABLE.c.reference == reference)
    )
    return found


def _known(connection: Connection, scope: str, entity_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(entity_ids), _AT_ONCE):
        query = select(_TABLE.c.entity_id, _TABLE.c.reference).where(
            _TABLE.c.model == scope, _TABLE.c.entity_id.in_(entity_ids[start : start + _AT_ONCE])
        )
        found |= {row.entity_id: row.reference for row in connection.execute(query)}
    return found


def _drawn(scope: str, entity_id: str, now: datetime) -> Reference:
    text = secrets.token_hex(_BYTES)
    return Reference(text, Row(_TABLE, _values(scope, entity_id, text, now)))


def _values(scope: str, entity_id: str, text: str, now: datetime) -> dict[str, object]:
    return {"model": scope, "entity_id": entity_id, "reference": text, "created_at": now}
