"""The visa database as it begins: tables, guards and processing volumes."""

from models.migrations.scripts import run, run_for_each_change

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    run("0001_tables")
    run("0001_guards")
    run("0001_volumes")
    run_for_each_change("0001_volume_changes")


def downgrade() -> None:
    run("0001_undo")
