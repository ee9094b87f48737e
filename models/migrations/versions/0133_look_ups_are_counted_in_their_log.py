"""Look-ups have a budget of their own, counted in their log: no longer among the people read."""

from alembic import op

from models.migrations.scripts import run

revision = "0133"
down_revision = "0132"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on person_lookup"


def upgrade() -> None:
    op.execute("DROP TRIGGER count_reads ON person_lookup")
    op.execute("DROP FUNCTION count_lookups")


def downgrade() -> None:
    run("0133_look_ups_are_counted_in_their_log")
