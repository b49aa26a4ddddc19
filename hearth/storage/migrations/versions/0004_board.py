"""What a board says with its decision: who took a version up, conditions, a date to review it by, dissent."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INSTANT = sa.String(27)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, all of them empty for what was decided before, and the table of dissent."""
    op.add_column("approvals", sa.Column("reviewed_by", sa.String(64)))
    op.add_column("approvals", sa.Column("review_began_at", _INSTANT))
    op.add_column("approvals", sa.Column("conditions", sa.JSON))
    op.add_column("approvals", sa.Column("review_on", sa.Date))
    op.create_table(
        "dissents",
        sa.Column("dissent_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("approval_id", _NUMBER, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.approval_id"], name="fk_dissents_approval_id"
        ),
        sa.PrimaryKeyConstraint("dissent_id", name="pk_dissents"),
    )
    op.create_index("ix_dissents_approval_id", "dissents", ["approval_id"])
