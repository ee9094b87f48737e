"""Until when to pay, and until when to answer, with the application."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("application", sa.Column("pay_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("application", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("application", "answer_by")
    op.drop_column("application", "pay_by")
