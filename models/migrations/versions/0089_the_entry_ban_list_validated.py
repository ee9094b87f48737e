"""The entry-ban list: constraints validated."""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on screening, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT fk_screening_ban_id")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
