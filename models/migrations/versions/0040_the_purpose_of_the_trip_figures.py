"""The purpose of the trip: figures."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on volume_age_detailed, volume_daily, volume_daily_duration, "
    "volume_outbox, volume_published, for an instant: nothing is rewritten"
)


def upgrade() -> None:
    op.add_column("volume_age_detailed", sa.Column("trip_purpose", sa.Text(), nullable=True))
    op.add_column("volume_daily", sa.Column("trip_purpose", sa.Text(), nullable=True))
    op.add_column("volume_daily_duration", sa.Column("trip_purpose", sa.Text(), nullable=True))
    op.add_column("volume_outbox", sa.Column("trip_purpose", sa.Text(), nullable=True))
    op.add_column("volume_published", sa.Column("trip_purpose", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("volume_published", "trip_purpose")
    op.drop_column("volume_outbox", "trip_purpose")
    op.drop_column("volume_daily_duration", "trip_purpose")
    op.drop_column("volume_daily", "trip_purpose")
    op.drop_column("volume_age_detailed", "trip_purpose")
