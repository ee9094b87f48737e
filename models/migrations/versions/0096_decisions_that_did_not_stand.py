"""Decisions that did not stand."""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on volume_daily, volume_monthly, volume_monthly_nationality, "
    "volume_monthly_nationality_place, volume_monthly_type, volume_outbox, volume_yearly, "
    "for an instant: nothing is rewritten"
)


def upgrade() -> None:
    op.add_column(
        "volume_daily",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_monthly",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_monthly_nationality",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_monthly_nationality_place",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_monthly_type",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_outbox",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "volume_yearly",
        sa.Column("overturned", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("volume_yearly", "overturned")
    op.drop_column("volume_outbox", "overturned")
    op.drop_column("volume_monthly_type", "overturned")
    op.drop_column("volume_monthly_nationality_place", "overturned")
    op.drop_column("volume_monthly_nationality", "overturned")
    op.drop_column("volume_monthly", "overturned")
    op.drop_column("volume_daily", "overturned")
