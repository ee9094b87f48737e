"""Budgets of people read count those of the ban list."""

from alembic import op

from models.migrations.steps import run

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on ban_read"


def upgrade() -> None:
    run("0129_budgets_count_the_ban_list")


def downgrade() -> None:
    op.execute("DROP TRIGGER count_reads ON ban_read")
    op.execute("DROP FUNCTION count_ban_reads")
