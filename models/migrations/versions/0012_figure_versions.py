"""Versions of the figures, which every change to them renews."""

from models.migrations.steps import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on the tables of the figures: an instant, in which the keeper and the"
    " publisher wait"
)


def upgrade() -> None:
    run("0012_figure_versions")


def downgrade() -> None:
    run("0012_undo")
