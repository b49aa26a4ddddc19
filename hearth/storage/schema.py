"""Tables of the records database: audit log, keys, approvals, what was published, scores, decisions.

`migrations` makes them; a test holds the two to each other.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

_SHA256 = String(64)
_ROW_NUMBER = BigInteger().with_variant(
    Integer(), "sqlite"
)  # SQLite numbers rows only in INTEGER keys


class Instant(TypeDecorator[datetime]):
    """A point in time, kept as UTC text so that every database orders and returns it alike."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Text of an aware time, to the microsecond."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Aware time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def instant_text(moment: datetime) -> str:
    """An aware time as `2026-11-22T09:30:00.000000Z`.

    Raises
    ------
    ValueError
        If the time has no offset, so that nobody can know which instant it means.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset names no instant; give it one, such as UTC")
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{text}Z"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", _ROW_NUMBER, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("action", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("payload_hash", _SHA256, nullable=False),
    Column(
        "previous_hash", _SHA256, nullable=False, unique=True
    ),  # two entries never continue the same one
    Column("entry_hash", _SHA256, nullable=False, unique=True),
)

audit_payloads = Table(
    "audit_payloads",
    metadata,
    Column(
        "sequence",
        _ROW_NUMBER,
        ForeignKey("audit_entries.sequence"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("salt", LargeBinary(32)),
    Column("subject", String(128), index=True),
    Column("details", Text),
    Column(
        "erased_by", _ROW_NUMBER, ForeignKey("audit_entries.sequence")
    ),  # the entry that says why it is gone
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("role", String(32), nullable=False),
    Column("purposes", JSON, nullable=False),
    Column("secret_hash", _SHA256, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", String(64)),
)

approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("model", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("bundle_sha256", _SHA256, nullable=False),
    Column("matrix_sha256", _SHA256, nullable=False),
    Column("report_sha256", _SHA256, nullable=False),
    Column("submitted_by", String(64), nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("decided_by", String(64)),  # approved or refused
    Column("decided_by_role", String(32)),
    Column("decided_at", Instant),
    Column("reason", Text),
    Column("closed_by", String(64)),  # withdrawn or voided after a decision
    Column("closed_at", Instant),
    Column("closed_reason", Text),
    Index(None, "model", "version"),
)

bundles = Table(
    "bundles",
    metadata,
    Column("model", String(64), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("path", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", _SHA256, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("model", String(64), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("path", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", _SHA256, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("score_id", String(36), primary_key=True),
    Column("model", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("subject_ref", String(128)),  # a pseudonym; null where values came without a subject
    Column("as_of", Date, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("key_id", String(64), nullable=False),
    Index(None, "model", "subject_ref"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(36), primary_key=True),
    Column("score_id", String(36), nullable=False),
    Column("outcome", String(16), nullable=False),  # agree | override | defer
    Column("reason", Text),
    Column("considered", Text),  # what else the reviewer looked at
    Column("viewed_at", Instant),
    Column("decided_at", Instant, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    ForeignKeyConstraint(["score_id"], ["scores.score_id"]),
    Index(None, "score_id"),
)
