"""What was written in the role SERVICE was written in the role PARTNER_SERVICE."""

from models.migrations.words import replace_word

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
locks = "no table: rows are changed a few thousand at a time, each time committed"


def upgrade() -> None:
    replace_word(("access_event", "application_event"), "actor_role", "SERVICE", "PARTNER_SERVICE")


def downgrade() -> None:
    """Nothing yet: 0012 writes the old word again, once both tables take it."""
