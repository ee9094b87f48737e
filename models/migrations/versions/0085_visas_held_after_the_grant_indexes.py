"""Visas held after the grant: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_on_hold", "application (target_due_at, id) WHERE is_held OR is_visa_held"
    )
    drop_index("ix_application_held")


def downgrade() -> None:
    create_index("ix_application_held", "application (target_due_at, id) WHERE is_held")
    drop_index("ix_application_on_hold")
