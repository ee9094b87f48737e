"""Of whom each viewer was told the last characters of a passport lately."""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0119"
branch_labels = None
depends_on = None
locks = "none"


def upgrade() -> None:
    op.create_table(
        "ending_told",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "actor_role", "applicant_id", name=op.f("pk_ending_told")),
    )


def downgrade() -> None:
    op.drop_table("ending_told")
