"""Inquiries that wait too long: constraints validated."""

from alembic import op

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on alert, inquiry, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE alert VALIDATE CONSTRAINT fk_alert_inquiry_id")
    op.execute("ALTER TABLE alert VALIDATE CONSTRAINT ck_alert_kind_is_known")
    op.execute("ALTER TABLE inquiry VALIDATE CONSTRAINT ck_inquiry_lapsed_before_it_began")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
