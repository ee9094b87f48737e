"""Inquiries that wait too long."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on inquiry, whose few rows are written again"


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    # accepted: a supervisor opens few, so it has few rows
    op.add_column(
        "inquiry",
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed("reviewed_at IS NULL AND lapsed_at IS NULL", persisted=True),
            nullable=False,
        ),
    )
    op.execute(
        "ALTER TABLE inquiry ADD CONSTRAINT ck_inquiry_lapsed_before_it_began CHECK "
        "(lapsed_at IS NULL OR num_nonnulls(approved_by, ends_at) = 0) NOT VALID"
    )
    run("0122_inquiries_that_wait_too_long")


def downgrade() -> None:
    run("0122_inquiries_before")
    op.execute("ALTER TABLE inquiry DROP CONSTRAINT ck_inquiry_lapsed_before_it_began")
    op.drop_column("inquiry", "is_open")
    op.drop_column("inquiry", "lapsed_at")
