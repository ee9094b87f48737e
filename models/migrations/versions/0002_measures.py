"""More measures: information requests, and two more durations beside the turnaround.

The figures are built anew on the way up. On the way down they are left empty: rebuild them.
"""

from models.migrations.online import lift_row_rules
from models.migrations.scripts import run, run_for_each_change

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application while its volumes are built anew"


def upgrade() -> None:
    lift_row_rules()
    run("0002_drop_volumes")
    run("0002_volumes")
    run_for_each_change("0002_volume_changes")
    run("0002_fill_volumes")


def downgrade() -> None:
    run("0002_drop_volumes")
    run("0001_volumes")
    run_for_each_change("0001_volume_changes")
