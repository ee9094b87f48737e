"""Applicants' reads count like others', and a read that is not counted is refused."""

from models.migrations.scripts import run

revision = "0136"
down_revision = "0135"
branch_labels = None
depends_on = None
locks = "none"


def upgrade() -> None:
    run("0136_reads_counted")


def downgrade() -> None:
    run("0136_undo")
