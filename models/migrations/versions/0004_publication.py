"""Tables of their own for published figures."""

from models.migrations.scripts import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    run("0004_publication")


def downgrade() -> None:
    run("0004_undo")
