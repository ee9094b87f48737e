"""Linked people: whoever was corrected is linked anew."""

from alembic import op

from models.migrations.scripts import run

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on correction"


def upgrade() -> None:
    run("0076_linked_people_anew")


def downgrade() -> None:
    op.execute("DROP TRIGGER link_anew ON correction")
    op.execute("DROP FUNCTION link_anew")
