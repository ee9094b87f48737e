"""Inquiries: alert."""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on alert, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK (kind IN "
        "('READ_BUDGET', 'INQUIRY')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE kind = 'INQUIRY'")
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK ((kind = "
        "'READ_BUDGET'::text)) NOT VALID"
    )
