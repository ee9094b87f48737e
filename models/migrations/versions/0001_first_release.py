"""The first release."""

from models.migrations.scripts import drop_everything, run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    run_script("0001_first_release")


def downgrade() -> None:
    drop_everything()
