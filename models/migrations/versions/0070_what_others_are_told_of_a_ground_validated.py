"""What others are told of a ground: constraints validated."""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on decision, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE decision VALIDATE CONSTRAINT ck_decision_is_incomplete_as_decided")
    op.execute("ALTER TABLE decision VALIDATE CONSTRAINT ck_decision_public_reason_as_decided")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
