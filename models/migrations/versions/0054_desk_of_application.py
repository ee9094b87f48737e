"""On whose desk a case is."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("application", sa.Column("officer", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("supervisor", sa.Text(), nullable=True))
    op.add_column(
        "application",
        sa.Column("is_assigned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("application", "is_assigned")
    op.drop_column("application", "supervisor")
    op.drop_column("application", "officer")
