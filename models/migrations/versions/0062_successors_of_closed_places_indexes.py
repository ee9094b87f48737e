"""Successors of closed places: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_successor",
        "application (successor_centre_code, submitted_at, id) WHERE successor_centre_code IS "
        "NOT NULL",
    )


def downgrade() -> None:
    drop_index("ix_application_successor")
