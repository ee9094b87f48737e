"""Keys that belong to nobody are swept: constraints validated."""

from alembic import op

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on alert while its rows are read: all goes on"


def upgrade() -> None:
    op.execute("ALTER TABLE alert VALIDATE CONSTRAINT ck_alert_about_whom")
    op.execute("ALTER TABLE alert VALIDATE CONSTRAINT ck_alert_kind_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
