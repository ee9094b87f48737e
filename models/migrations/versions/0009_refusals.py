"""Decisions readable without outcomes; published figures protect refusals alone, and start anew."""

from models.migrations.scripts import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on the tables of figures, one after the other, until all are rewritten:"
    " a second for each 200,000 rows, in which volumes wait"
)


def upgrade() -> None:
    run("0009_refusals")


def downgrade() -> None:
    run("0009_undo")
