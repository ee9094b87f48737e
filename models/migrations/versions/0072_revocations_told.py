"""Revocations are heard of by whoever reads the outcome."""

from models.migrations.scripts import run

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None
locks = "none"


def upgrade() -> None:
    run("0072_revocations_told")


def downgrade() -> None:
    run("0061_transfers_told")
