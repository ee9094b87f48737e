"""What others are told of the grounds of decisions that were made before."""

from models.migrations.online import back_fill

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None
locks = "none: rows of decision, a few at a time"


def upgrade() -> None:
    back_fill(
        "decision",
        "id",
        "is_incomplete = ground = 'INCOMPLETE', public_reason = CASE WHEN ground IN"
        " ('ENTRY_BAN', 'SECURITY') THEN 'NOT_DISCLOSED' ELSE ground END",
        "ground IS NOT NULL AND public_reason IS NULL",
    )


def downgrade() -> None:
    """Nothing: the columns go with the revision before."""
