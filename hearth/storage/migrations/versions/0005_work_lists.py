"""The order of scores made beforehand, for the work lists."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty until the next `hearth precompute`."""
    op.add_column("precomputed_scores", sa.Column("raw", sa.Float))
    op.add_column("precomputed_scores", sa.Column("place", sa.Integer))
    op.add_column("precomputed_scores", sa.Column("band", sa.String(32)))
    op.add_column("precomputed_scores", sa.Column("area", sa.String(200)))
    op.create_index(
        "ix_precomputed_scores_precomputation_id_place",
        "precomputed_scores",
        ["precomputation_id", "place"],
    )
