"""Rights of the people on file: applicant."""

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on applicant, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("applicant", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("applicant", "passport_last_four", existing_type=sa.TEXT(), nullable=True)


def downgrade() -> None:
    # Of whoever was erased there is nothing to come back.
    op.execute("UPDATE applicant SET passport_last_four = '0000' WHERE erased_at IS NOT NULL")
    op.alter_column("applicant", "passport_last_four", existing_type=sa.TEXT(), nullable=False)
    op.drop_column("applicant", "erased_at")
