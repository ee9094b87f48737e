"""Whom the ban list is about is sealed: constraints validated."""

from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on banned_person while its rows are read: all goes on"


def upgrade() -> None:
    op.execute("ALTER TABLE banned_person VALIDATE CONSTRAINT ck_banned_person_can_be_found")
    op.execute("ALTER TABLE banned_person VALIDATE CONSTRAINT ck_banned_person_hidden_first")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
