"""Inquiries that wait too long: alert."""

import sqlalchemy as sa
from alembic import op

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on alert, SHARE ROW EXCLUSIVE on inquiry, for an instant: nothing "
    "is rewritten"
)


def upgrade() -> None:
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.add_column("alert", sa.Column("inquiry_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_alert_inquiry_id"),
        "alert",
        "inquiry",
        ["inquiry_id"],
        ["id"],
        postgresql_not_valid=True,
    )
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK (kind IN "
        "('READ_BUDGET', 'INQUIRY', 'REVIEW_OVERDUE')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE kind = 'REVIEW_OVERDUE'")
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.drop_constraint(op.f("fk_alert_inquiry_id"), "alert", type_="foreignkey")
    op.drop_column("alert", "inquiry_id")
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK ((kind = ANY "
        "(ARRAY['READ_BUDGET'::text, 'INQUIRY'::text]))) NOT VALID"
    )
