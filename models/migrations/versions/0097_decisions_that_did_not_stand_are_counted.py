"""Decisions that do not stand are counted from now on."""

from models.migrations.scripts import run

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    run("0097_overturned_changes")
    run("0097_overturned")


def downgrade() -> None:
    run("0097_undo")
