"""Answers that count no more, since the person was corrected."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on screening, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("screening", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    run("0048_voided_answers")


def downgrade() -> None:
    op.execute("DROP TRIGGER free_cleared_visa ON screening")
    op.execute("DROP FUNCTION free_cleared_visa")
    run("0048_guard_before")
    op.drop_column("screening", "voided_at")
