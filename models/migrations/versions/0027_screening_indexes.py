"""Indexes of open questions and of open hits."""

from models.migrations.online import create_index, drop_index

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application, screening while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_has_open_hit_target_due_at_id",
        "application (has_open_hit, target_due_at, id)",
    )
    create_index("ix_screening_open", "screening (requested_at, id) WHERE answered_at IS NULL")


def downgrade() -> None:
    drop_index("ix_application_has_open_hit_target_due_at_id")
    drop_index("ix_screening_open")
