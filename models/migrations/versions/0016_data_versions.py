"""Versions of figures and names, which every change to them renews."""

from models.migrations.steps import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on the tables of the figures, country, partner, centre and visa_type: an"
    " instant, in which whoever changes them waits"
)


def upgrade() -> None:
    run("0016_data_versions")


def downgrade() -> None:
    run("0016_undo")
