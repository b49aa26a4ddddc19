"""Tables of the records database: audit log, identities, approvals, what was published, scores, and what people did.

`migrations` makes them; a test holds the two to each other.
"""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hearth.storage.columns import ROW_NUMBER, SHA256, Instant, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", ROW_NUMBER, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("action", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("payload_hash", SHA256, nullable=False),
    Column(
        "previous_hash", SHA256, nullable=False, unique=True
    ),  # two entries never continue the same one
    Column("entry_hash", SHA256, nullable=False, unique=True),
)

audit_payloads = Table(
    "audit_payloads",
    metadata,
    Column(
        "sequence",
        ROW_NUMBER,
        ForeignKey("audit_entries.sequence"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("salt", LargeBinary(32)),
    Column("subject", String(128), index=True),
    Column("details", Text),
    Column(
        "erased_by", ROW_NUMBER, ForeignKey("audit_entries.sequence")
    ),  # the entry that says why it is gone
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("role", String(32), nullable=False),
    Column("purposes", JSON, nullable=False),
    Column("areas", JSON),  # codes of the areas whose subjects they may see; null for all
    Column("replaces", String(32)),  # the key whose successor it is
    Column("secret_hash", SHA256, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", String(64)),
)

approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("model", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("bundle_sha256", SHA256, nullable=False),
    Column("matrix_sha256", SHA256, nullable=False),
    Column("report_sha256", SHA256, nullable=False),
    Column("submitted_by", String(64), nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("reviewed_by", String(64)),  # who took it up
    Column("review_began_at", Instant),
    Column("decided_by", String(64)),  # approved or refused
    Column("decided_by_role", String(32)),
    Column("decided_at", Instant),
    Column("reason", Text),
    Column("conditions", JSON),  # texts under which it was approved; null for none
    Column(
        "review_on", Date
    ),  # from this day on the approval has expired; null where only the sunset ends it
    Column("closed_by", String(64)),  # withdrawn, expired or voided
    Column("closed_at", Instant),
    Column("closed_reason", Text),
    Index(None, "model", "version"),
)

dissents = Table(
    "dissents",
    metadata,
    Column("dissent_id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("approval_id", ROW_NUMBER, nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("role", String(32), nullable=False),  # of who dissents
    Column(
        "state", String(16), nullable=False
    ),  # where the version stood: before or after the decision
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["approval_id"], ["approvals.approval_id"]),
)

bundles = Table(
    "bundles",
    metadata,
    Column("model", String(64), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("path", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("model", String(64), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("path", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("folder", String(160), primary_key=True),  # such as transparency/school_readiness/2
    Column("path", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", String(64), nullable=False),
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
    Column("erased_by", ROW_NUMBER),  # the audit entry that says why the payload is `{}`
    Index(None, "model", "subject_ref"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(36), primary_key=True),
    Column("score_id", String(36), nullable=False),
    Column("outcome", String(16), nullable=False),  # agree | override | defer
    Column("reason_code", String(32)),
    Column("reason", Text),
    Column("considered", Text),  # what else the reviewer looked at
    Column("viewed_at", Instant),
    Column("decided_at", Instant, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("audit_sequence", ROW_NUMBER),  # of its audit entry: tells which of two came last
    ForeignKeyConstraint(["score_id"], ["scores.score_id"]),
    Index(None, "score_id"),
)

generations = Table(
    "generations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, of id 1
    Column("number", ROW_NUMBER, nullable=False),
)

oauth_clients = Table(
    "oauth_clients",
    metadata,
    Column("client_id", String(60), primary_key=True),  # as the identity provider knows it
    Column("name", String(128), nullable=False),
    Column("role", String(32), nullable=False),
    Column("purposes", JSON, nullable=False),
    Column("areas", JSON),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", String(64)),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("session_sha256", SHA256, primary_key=True),  # of a page's session that was signed out
    Column("expires_at", Instant, nullable=False, index=True),  # from then on its cookie is dead
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key_id", String(64), primary_key=True),  # of whoever asked
    Column("idempotency_key", String(128), primary_key=True),
    Column("request_sha256", SHA256, nullable=False),  # method, path and body
    Column("status", Integer, nullable=False),
    Column("score_id", String(36), index=True),  # so that erasing a score erases its answer
    Column("answer", LargeBinary),
    Column("created_at", Instant, nullable=False, index=True),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge_id", String(36), primary_key=True),
    Column("score_id", String(36), nullable=False, index=True),
    Column("ground", String(32), nullable=False),
    Column("statement", Text),
    Column("state", String(16), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("acknowledge_by", Date, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String(64)),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),  # never who decided on the score
    Column("closed_by_role", String(32)),
    Column("closed_reason", Text),
    ForeignKeyConstraint(["score_id"], ["scores.score_id"]),
)

subject_references = Table(
    "subject_references",
    metadata,
    Column("reference", String(32), primary_key=True),  # random: the row alone says whose it is
    Column("model", String(64), nullable=False),
    Column("entity_id", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("model", "entity_id"),
    Index(None, "entity_id"),
)

restrictions = Table(
    "restrictions",
    metadata,
    Column("restriction_id", String(36), primary_key=True),
    Column("entity_id", String(200), nullable=False, index=True),
    Column("model", String(64)),  # null for every model
    Column("kind", String(16), nullable=False),  # objection | restriction
    Column("reason", Text),
    Column("since", Instant, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(64)),
)

disputed_inputs = Table(
    "disputed_inputs",
    metadata,
    Column("dispute_id", String(36), primary_key=True),
    Column("entity_id", String(200), nullable=False, index=True),
    Column("model", String(64), nullable=False),
    Column("feature", String(128), nullable=False),
    Column("stated", JSON),  # what the person says it is
    Column("reason", Text),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),
    Column("outcome", String(16)),  # upheld | rejected
)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("hold_id", String(36), primary_key=True),
    Column("model", String(64)),  # null for every model
    Column("entity_id", String(200)),  # null for everyone
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(64)),
)

precomputations = Table(
    "precomputations",
    metadata,
    Column("precomputation_id", String(36), primary_key=True),
    Column("model", String(64), nullable=False, index=True),
    Column("version", String(32), nullable=False),
    Column("bundle_sha256", SHA256, nullable=False),
    Column("store_key", String(255), nullable=False),  # which refresh of the feature store
    Column("key_id", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),  # null while its scores are being made; nobody is shown them
)

precomputed_scores = Table(
    "precomputed_scores",
    metadata,
    Column("precomputation_id", String(36), primary_key=True),
    Column("entity_id", String(200), primary_key=True),
    Column("score_id", String(36), nullable=False),
    Column("raw", Float),  # by which they are ranked
    Column("place", Integer),  # on the work list, from 1; null below the line of capacity
    Column("band", String(32)),  # null where the model abstains
    Column("area", String(200)),
    ForeignKeyConstraint(["precomputation_id"], ["precomputations.precomputation_id"]),
    Index(None, "entity_id"),
    Index(None, "precomputation_id", "place"),
)
