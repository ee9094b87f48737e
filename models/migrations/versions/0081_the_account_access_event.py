"""The account: access_event."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on access_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("access_event", sa.Column("mac_key", sa.Text(), nullable=True))
    op.add_column("access_event", sa.Column("mac", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("access_event", "mac")
    op.drop_column("access_event", "mac_key")
