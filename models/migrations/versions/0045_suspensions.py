"""Suspensions, and a guard of who writes what of them."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on partner"


def upgrade() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_code", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_by", sa.Text(), nullable=False),
        sa.Column(
            "suspended_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '24 hours'"),
            nullable=True,
        ),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_suspension_of_somebody")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_suspension_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(ends_at IS NULL) <= (confirmed_by IS NOT NULL)",
            name=op.f("ck_suspension_endless_if_confirmed"),
        ),
        sa.CheckConstraint(
            "confirmed_by <> suspended_by", name=op.f("ck_suspension_confirmed_by_another")
        ),
        sa.CheckConstraint(
            "lifted_at IS NULL OR ends_at <= lifted_at", name=op.f("ck_suspension_ends_when_lifted")
        ),
        sa.CheckConstraint(
            "num_nonnulls(partner_code, subject) = 1", name=op.f("ck_suspension_partner_or_viewer")
        ),
        sa.CheckConstraint(
            "num_nulls(lifted_by, lifted_at, lift_reason) IN (0, 3)",
            name=op.f("ck_suspension_lifted_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_code"], ["partner.code"], name=op.f("fk_suspension_partner_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(
        op.f("ix_suspension_suspended_at_id"), "suspension", ["suspended_at", "id"], unique=False
    )
    run("0045_suspensions")


def downgrade() -> None:
    op.drop_index(op.f("ix_suspension_suspended_at_id"), table_name="suspension")
    op.drop_table("suspension")
    op.execute("DROP FUNCTION guard_suspension")
