"""Decisions that do not stand are counted from now on."""

from models.migrations.steps import run

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    run("0111_overturned")


def downgrade() -> None:
    run("0111_undo")
