"""Linked people: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"


def upgrade() -> None:
    create_index("ix_application_unlinked", "application (id) WHERE NOT is_linked")


def downgrade() -> None:
    drop_index("ix_application_unlinked")
