"""What officers did: figures."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on volume_outbox, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("volume_outbox", sa.Column("done_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("volume_outbox", "done_by")
