"""The tables against the log: scores and decisions on record say what their entries say they said."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    String,
    Text,
    cast,
    func,
    select,
    type_coerce,
)

from hearth.digest import canonical_json, sha256_of
from hearth.progress import Progress
from hearth.storage.columns import Instant, instant_text
from hearth.storage.schema import audit_entries, audit_payloads, decisions, scores

SCORE_MADE = "score.made"
"""Action of the entry of a score."""

SCORE_DECIDED = "score.decided"
"""Action of the entry of a decision."""

_AT_A_TIME = 500  # identifiers in one statement, and payloads in memory
_ERASED = ".erased"  # how actions end that may leave a score empty
_SCORE_TOLD = ("model", "version")
_DECISION_TOLD = ("score_id", "outcome", "reason_code", "role")


def decision_sha256(row: Mapping[Any, Any]) -> str:
    """Hash over what a decision's entry does not say in words: its texts and times."""
    said: dict[str, Any] = {name: row[name] for name in ("reason", "considered")}
    for name in ("viewed_at", "decided_at"):
        said[name] = instant_text(row[name]) if isinstance(row[name], datetime) else row[name]
    return sha256_of(canonical_json(said))


def first_row_fault(
    connection: Connection, last: int, progress: Progress
) -> tuple[int, str] | None:
    """Lowest entry up to `last` whose score or decision is gone or altered, and what is wrong.

    Entries whose payload was erased say nothing any more, and are passed over. A score that an erasure
    emptied is as it should be, and its decisions have lost their texts.
    """
    done = 0
    while entries := _entries(connection, done, last):
        rows = _rows_of(connection, entries)
        for entry in entries:
            fault = _fault(connection, entry, rows)
            if fault:
                return entry["sequence"], f"{fault}: the table was altered, not the log"
        done = entries[-1]["sequence"]
        progress("verifying scores and decisions", done, last)
    return None


def _entries(connection: Connection, done: int, last: int) -> list[dict[str, Any]]:
    """The next entries of scores and decisions, each with its details read."""
    query = (
        select(
            audit_entries.c.sequence,
            audit_entries.c.action,
            audit_entries.c.actor,
            audit_payloads.c.subject,
            audit_payloads.c.details,
        )
        .join(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .where(
            audit_entries.c.sequence > done,
            audit_entries.c.sequence <= last,
            audit_entries.c.action.in_([SCORE_MADE, SCORE_DECIDED]),
            audit_payloads.c.details.is_not(None),
        )
        .order_by(audit_entries.c.sequence)
        .limit(_AT_A_TIME)
    )
    found = connection.execute(query).mappings()
    return [{**row, "details": json.loads(row["details"])} for row in found]


def _rows_of(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> dict[str, RowMapping]:
    """Rows that entries are about, by their identifier."""
    scored = [each["details"].get("score_id") for each in entries if each["action"] == SCORE_MADE]
    decided = [
        each["details"].get("decision_id") for each in entries if each["action"] == SCORE_DECIDED
    ]
    columns = [_as_stored(each) for each in scores.c if each.name not in ("as_of", "created_at")]
    of_scores = select(*columns)
    of_decisions = select(*map(_as_stored, decisions.c), scores.c.erased_by).outerjoin(
        scores, scores.c.score_id == decisions.c.score_id
    )
    found: dict[str, RowMapping] = {}
    if scored:
        query = of_scores.where(scores.c.score_id.in_(scored))
        found |= {row["score_id"]: row for row in connection.execute(query).mappings()}
    if decided:
        query = of_decisions.where(decisions.c.decision_id.in_(decided))
        found |= {row["decision_id"]: row for row in connection.execute(query).mappings()}
    return found


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """JSON and times as their text, whatever was made of it."""
    if isinstance(column.type, JSON):
        return cast(column, Text).label(column.name)
    if isinstance(column.type, Instant):
        return type_coerce(column, String).label(column.name)
    return column


def _fault(
    connection: Connection, entry: Mapping[str, Any], rows: Mapping[str, RowMapping]
) -> str | None:
    name, told, compare = _KINDS[entry["action"]]
    details = entry["details"]
    if f"{name}_id" not in details:
        return None  # it names no row
    what = f"the {name} of entry {entry['sequence']}"
    row = rows.get(details[f"{name}_id"])
    if row is None:
        return f"{what} is not in the table `{name}s`"
    differs = [each for each in told if each in details and row[each] != details[each]]
    if row["key_id"] != entry["actor"]:
        differs.append("key_id")
    if differs:
        return f"{what} is not as it was recorded (`{'`, `'.join(differs)}`)"
    return compare(connection, entry, row, what)


def _score_fault(
    connection: Connection, entry: Mapping[str, Any], row: RowMapping, what: str
) -> str | None:
    if row["subject_ref"] != entry["subject"]:
        return f"{what} is not as it was recorded (`subject_ref`)"
    if row["erased_by"] is not None:
        if row["payload"] == "{}" and _is_erasure(connection, row["erased_by"], entry["sequence"]):
            return None
        return f"{what} is marked erased, and no entry says so"
    expected = entry["details"].get("payload_sha256")
    if expected is not None and sha256_of((row["payload"] or "").encode()) != expected:
        return f"{what} is not as it was recorded (`payload`)"
    return None


def _decision_fault(
    _connection: Connection, entry: Mapping[str, Any], row: RowMapping, what: str
) -> str | None:
    if row["audit_sequence"] not in (None, entry["sequence"]):
        return f"{what} is not as it was recorded (`audit_sequence`)"
    expected = entry["details"].get("row_sha256")
    if expected is None or row["erased_by"] is not None or decision_sha256(row) == expected:
        return None
    return f"{what} is not as it was recorded (its texts or times)"


def _is_erasure(connection: Connection, tombstone: int, sequence: int) -> bool:
    """Whether an entry after the score's own says that something was erased."""
    query = select(func.count()).where(
        audit_entries.c.sequence == tombstone,
        audit_entries.c.sequence > sequence,
        audit_entries.c.action.endswith(_ERASED),
    )
    return bool(connection.scalar(query))


_Compare = Callable[[Connection, Mapping[str, Any], RowMapping, str], str | None]
_KINDS: Mapping[str, tuple[str, tuple[str, ...], _Compare]] = {
    SCORE_MADE: ("score", _SCORE_TOLD, _score_fault),
    SCORE_DECIDED: ("decision", _DECISION_TOLD, _decision_fault),
}
