"""Who put a case on a desk, who took it off, and why."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on assignment, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("assignment", sa.Column("assigned_by", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("ended_by", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("reason", sa.Text(), nullable=True))
    run("0055_assignments")


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_desk_of_changed ON assignment")
    op.execute("DROP TRIGGER keep_desk_of_new ON assignment")
    op.execute("DROP FUNCTION keep_desk")
    op.drop_column("assignment", "reason")
    op.drop_column("assignment", "ended_by")
    op.drop_column("assignment", "assigned_by")
