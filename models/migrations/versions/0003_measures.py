"""Still more measures: the target rate of the intake, ages of open cases, grounds, referrals.

The figures are built anew on the way up, but for the ages: the keeper makes those within a
minute. On the way down all are left empty: rebuild them.
"""

from models.migrations.online import lift_row_rules
from models.migrations.scripts import run, run_for_each_change

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application while its volumes are built anew"


def upgrade() -> None:
    lift_row_rules()
    run("0002_drop_volumes")
    run("0003_volumes")
    run("0003_contributions")
    run_for_each_change("0003_volume_changes")
    run("0003_national_changes")
    run("0003_fill_volumes")


def downgrade() -> None:
    run("0003_undo")
    run("0002_drop_volumes")
    run("0002_volumes")
    run_for_each_change("0002_volume_changes")
