"""The first tables, and the rule in the database that audit entries only ever grow."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SHA256 = sa.String(64)
_INSTANT = sa.String(27)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPEND_ONLY = {
    "sqlite": (
        """
        CREATE TRIGGER audit_entries_are_never_changed BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
        """,
        """
        CREATE TRIGGER audit_entries_are_never_removed BEFORE DELETE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION refuse_to_change_audit_entries() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$
        """,
        """
        CREATE TRIGGER audit_entries_are_never_changed
        BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_entries()
        """,
    ),
}


def upgrade() -> None:
    """Make the tables, then shut the audit entries against change."""
    _make_audit_tables()
    _make_approval_tables()
    _make_score_tables()
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_audit_tables() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("payload_hash", _SHA256, nullable=False),
        sa.Column("previous_hash", _SHA256, nullable=False),
        sa.Column("entry_hash", _SHA256, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entries"),
        sa.UniqueConstraint("previous_hash", name="uq_audit_entries_previous_hash"),
        sa.UniqueConstraint("entry_hash", name="uq_audit_entries_entry_hash"),
    )
    op.create_table(
        "audit_payloads",
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(32)),
        sa.Column("subject", sa.String(128)),
        sa.Column("details", sa.Text),
        sa.Column("erased_by", _NUMBER),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_payloads"),
        sa.ForeignKeyConstraint(
            ["sequence"], ["audit_entries.sequence"], name="fk_audit_payloads_sequence"
        ),
        sa.ForeignKeyConstraint(
            ["erased_by"], ["audit_entries.sequence"], name="fk_audit_payloads_erased_by"
        ),
    )
    op.create_index("ix_audit_payloads_subject", "audit_payloads", ["subject"])


def _make_approval_tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("purposes", sa.JSON, nullable=False),
        sa.Column("secret_hash", _SHA256, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("expires_at", _INSTANT),
        sa.Column("revoked_at", _INSTANT),
        sa.Column("revoked_by", sa.String(64)),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_table(
        "approvals",
        sa.Column("approval_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("bundle_sha256", _SHA256, nullable=False),
        sa.Column("matrix_sha256", _SHA256, nullable=False),
        sa.Column("report_sha256", _SHA256, nullable=False),
        sa.Column("submitted_by", sa.String(64), nullable=False),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_by_role", sa.String(32)),
        sa.Column("decided_at", _INSTANT),
        sa.Column("reason", sa.Text),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("closed_at", _INSTANT),
        sa.Column("closed_reason", sa.Text),
        sa.PrimaryKeyConstraint("approval_id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_model_version", "approvals", ["model", "version"])
    for table in ("bundles", "reports"):
        op.create_table(
            table,
            sa.Column("model", sa.String(64), nullable=False),
            sa.Column("version", sa.String(32), nullable=False),
            sa.Column("path", sa.String(255), nullable=False),
            sa.Column("content", sa.LargeBinary, nullable=False),
            sa.Column("sha256", _SHA256, nullable=False),
            sa.PrimaryKeyConstraint("model", "version", "path", name=f"pk_{table}"),
        )


def _make_score_tables() -> None:
    op.create_table(
        "scores",
        sa.Column("score_id", sa.String(36), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("subject_ref", sa.String(128)),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("score_id", name="pk_scores"),
    )
    op.create_index("ix_scores_model_subject_ref", "scores", ["model", "subject_ref"])
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("score_id", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("considered", sa.Text),
        sa.Column("viewed_at", _INSTANT),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["score_id"], ["scores.score_id"], name="fk_decisions_score_id"),
    )
    op.create_index("ix_decisions_score_id", "decisions", ["score_id"])
