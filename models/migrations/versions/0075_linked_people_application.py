"""Linked people: what the LINKER has yet to do."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column(
        "application",
        sa.Column("is_linked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    run("0075_linked_people_application")


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_linker ON application")
    op.execute("DROP FUNCTION tell_linker")
    op.drop_column("application", "is_linked")
