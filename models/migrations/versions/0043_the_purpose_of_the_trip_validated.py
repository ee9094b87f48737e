"""The purpose of the trip: constraints validated."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE application VALIDATE CONSTRAINT ck_application_trip_purpose_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
