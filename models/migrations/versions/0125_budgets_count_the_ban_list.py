"""Budgets of people read count those of the ban list."""

from alembic import op

from models.migrations.scripts import run

revision = "0125"
down_revision = "0124"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on ban_read"


def upgrade() -> None:
    run("0125_budgets_count_the_ban_list")


def downgrade() -> None:
    op.execute("DROP TRIGGER count_reads ON ban_read")
    op.execute("DROP FUNCTION count_ban_reads")
