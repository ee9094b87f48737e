"""What officers decide and give back is counted from now on."""

from alembic import op

from models.migrations.scripts import run

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on assignment, for an instant: nothing is rewritten"


def upgrade() -> None:
    run("0066_officers")


def downgrade() -> None:
    op.execute("DROP TRIGGER volume_changes ON assignment")
    op.execute("DROP FUNCTION volume_changes_of_desks")
    run("0066_what_officers_undo")
