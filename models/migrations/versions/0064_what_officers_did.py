"""What officers did."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    op.create_table(
        "volume_officer",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("visa_type_code", sa.Text(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("given_back", sa.Integer(), nullable=False),
        sa.Column("given_back_after_reading", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "starts_on",
            "officer",
            "visa_type_code",
            name="uq_volume_officer",
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("volume_officer")
