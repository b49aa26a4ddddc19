"""Clients, challenges, what a subject asked for, scores made beforehand, and the generation that caches follow."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.String(27)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_FOLLOWED = (
    "api_keys", "oauth_clients", "approvals", "bundles", "challenges", "restrictions", "disputed_inputs",
    "precomputations",
)  # fmt: skip
"""Tables that services hold in memory: any change of one raises the generation."""

_FOLLOWED_WHERE_ERASED = ("subject_references",)
"""Tables that grow with every new subject: services hold what they have read, until it is erased."""

# the audit chain's lock comes first, as in every transaction that also writes to the log
_RAISE_GENERATION = """
    CREATE FUNCTION raise_generation() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        PERFORM pg_advisory_xact_lock(20342345179613249);
        UPDATE generations SET number = number + 1;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    """Make the tables, then let the generation follow every change of what services hold."""
    op.add_column("api_keys", sa.Column("areas", sa.JSON))
    op.add_column("api_keys", sa.Column("replaces", sa.String(32)))
    op.add_column("scores", sa.Column("erased_by", _NUMBER))
    op.add_column("decisions", sa.Column("reason_code", sa.String(32)))
    op.add_column("decisions", sa.Column("audit_sequence", _NUMBER))
    _make_identity_tables()
    _make_score_tables()
    _make_subject_tables()
    op.execute("INSERT INTO generations (id, number) VALUES (1, 1)")
    if op.get_bind().dialect.name == "postgresql":
        _follow_on_postgresql()
    else:
        _follow_on_sqlite()


def _make_identity_tables() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("client_id", sa.String(60), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("purposes", sa.JSON, nullable=False),
        sa.Column("areas", sa.JSON),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.Column("revoked_by", sa.String(64)),
        sa.PrimaryKeyConstraint("client_id", name="pk_oauth_clients"),
    )
    op.create_table(
        "ended_sessions",
        sa.Column("session_sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("session_sha256", name="pk_ended_sessions"),
    )
    op.create_index("ix_ended_sessions_expires_at", "ended_sessions", ["expires_at"])
    op.create_table(
        "generations",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
    )


def _make_score_tables() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(128), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("score_id", sa.String(36)),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_index("ix_idempotency_keys_score_id", "idempotency_keys", ["score_id"])
    op.create_table(
        "precomputations",
        sa.Column("precomputation_id", sa.String(36), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("bundle_sha256", sa.String(64), nullable=False),
        sa.Column("store_key", sa.String(255), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT),
        sa.PrimaryKeyConstraint("precomputation_id", name="pk_precomputations"),
    )
    op.create_index("ix_precomputations_model", "precomputations", ["model"])
    op.create_table(
        "precomputed_scores",
        sa.Column("precomputation_id", sa.String(36), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("score_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["precomputation_id"],
            ["precomputations.precomputation_id"],
            name="fk_precomputed_scores_precomputation_id",
        ),
        sa.PrimaryKeyConstraint("precomputation_id", "entity_id", name="pk_precomputed_scores"),
    )
    op.create_index("ix_precomputed_scores_entity_id", "precomputed_scores", ["entity_id"])
    op.create_table(
        "challenges",
        sa.Column("challenge_id", sa.String(36), nullable=False),
        sa.Column("score_id", sa.String(36), nullable=False),
        sa.Column("ground", sa.String(32), nullable=False),
        sa.Column("statement", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("acknowledge_by", sa.Date, nullable=False),
        sa.Column("acknowledged_at", _INSTANT),
        sa.Column("acknowledged_by", sa.String(64)),
        sa.Column("closed_at", _INSTANT),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("closed_by_role", sa.String(32)),
        sa.Column("closed_reason", sa.Text),
        sa.ForeignKeyConstraint(["score_id"], ["scores.score_id"], name="fk_challenges_score_id"),
        sa.PrimaryKeyConstraint("challenge_id", name="pk_challenges"),
    )
    op.create_index("ix_challenges_score_id", "challenges", ["score_id"])


def _make_subject_tables() -> None:
    op.create_table(
        "subject_references",
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_subject_references"),
        sa.UniqueConstraint("model", "entity_id", name="uq_subject_references_model"),
    )
    op.create_index("ix_subject_references_entity_id", "subject_references", ["entity_id"])
    op.create_table(
        "restrictions",
        sa.Column("restriction_id", sa.String(36), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("model", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("lifted_at", _INSTANT),
        sa.Column("lifted_by", sa.String(64)),
        sa.PrimaryKeyConstraint("restriction_id", name="pk_restrictions"),
    )
    op.create_index("ix_restrictions_entity_id", "restrictions", ["entity_id"])
    op.create_table(
        "disputed_inputs",
        sa.Column("dispute_id", sa.String(36), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("feature", sa.String(128), nullable=False),
        sa.Column("stated", sa.JSON),
        sa.Column("reason", sa.Text),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("outcome", sa.String(16)),
        sa.PrimaryKeyConstraint("dispute_id", name="pk_disputed_inputs"),
    )
    op.create_index("ix_disputed_inputs_entity_id", "disputed_inputs", ["entity_id"])
    op.create_table(
        "legal_holds",
        sa.Column("hold_id", sa.String(36), nullable=False),
        sa.Column("model", sa.String(64)),
        sa.Column("entity_id", sa.String(200)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("lifted_at", _INSTANT),
        sa.Column("lifted_by", sa.String(64)),
        sa.PrimaryKeyConstraint("hold_id", name="pk_legal_holds"),
    )


def _follow_on_postgresql() -> None:
    op.execute(_RAISE_GENERATION)
    followed = dict.fromkeys(_FOLLOWED, "INSERT OR UPDATE OR DELETE OR TRUNCATE")
    followed |= dict.fromkeys(_FOLLOWED_WHERE_ERASED, "DELETE OR TRUNCATE")
    for table, changes in followed.items():
        op.execute(
            f"CREATE TRIGGER generation_follows_{table} AFTER {changes} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION raise_generation()"
        )


def _follow_on_sqlite() -> None:
    followed = dict.fromkeys(_FOLLOWED, "INSERT UPDATE DELETE")
    followed |= dict.fromkeys(_FOLLOWED_WHERE_ERASED, "DELETE")
    for table, changes in followed.items():
        for change in changes.split():
            op.execute(
                f"CREATE TRIGGER generation_follows_{change}_of_{table} AFTER {change} ON {table} "  # noqa: S608 - our own names
                "BEGIN UPDATE generations SET number = number + 1; END"
            )
