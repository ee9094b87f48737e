"""Whether a hit waits for a supervisor."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column(
        "application",
        sa.Column("has_open_hit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("application", "has_open_hit")
