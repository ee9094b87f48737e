"""Inquiries: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on access_event while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_access_event_actor_purpose_occurred_at_id",
        "access_event (actor, purpose, occurred_at, id)",
    )
    create_index(
        "ix_access_event_case_reference_occurred_at_id",
        "access_event (case_reference, occurred_at, id)",
    )


def downgrade() -> None:
    drop_index("ix_access_event_actor_purpose_occurred_at_id")
    drop_index("ix_access_event_case_reference_occurred_at_id")
