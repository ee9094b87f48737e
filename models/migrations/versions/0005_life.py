"""What writing takes: idempotency keys, and deadlines of applications that wait."""

from models.migrations.scripts import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    run("0005_life")


def downgrade() -> None:
    run("0005_undo")
