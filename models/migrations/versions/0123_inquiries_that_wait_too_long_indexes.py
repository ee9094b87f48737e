"""Inquiries that wait too long: indexes."""

from models.migrations.online import back_fill, create_index, drop_index

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on alert, inquiry while indexes are built: all goes on"


def upgrade() -> None:
    back_fill("alert", "id", "inquiry_id = id", "inquiry_id IS NULL AND kind = 'INQUIRY'")
    create_index("ix_alert_inquiry_id_kind", "alert (inquiry_id, kind)", is_unique=True)
    create_index("ix_inquiry_is_open_opened_at_id", "inquiry (is_open, opened_at, id)")


def downgrade() -> None:
    drop_index("ix_alert_inquiry_id_kind")
    drop_index("ix_inquiry_is_open_opened_at_id")
