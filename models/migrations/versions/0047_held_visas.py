"""Visas that are held since their holder was corrected."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column(
        "application",
        sa.Column("is_visa_held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    run("0047_held_visas")


def downgrade() -> None:
    op.execute("DROP TRIGGER lapse_with_case ON application")
    op.execute("DROP FUNCTION lapse_with_case")
    op.drop_column("application", "is_visa_held")
