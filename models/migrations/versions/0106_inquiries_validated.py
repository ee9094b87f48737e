"""Inquiries: constraints validated."""

from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on alert, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE alert VALIDATE CONSTRAINT ck_alert_kind_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
